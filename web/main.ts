// What every page loads: the styles, the few components that need script, and the islands.
import "./styles/council.scss";
import { startComponents } from "./components.ts";
import { startIslands } from "./islands/start.ts";

startComponents();
startIslands(document);
