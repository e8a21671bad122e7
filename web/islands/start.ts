// Starts the islands of a page, each when it comes near the window and not before.

type Start = (root: HTMLElement) => Promise<void> | void;

const ISLANDS: Record<string, () => Promise<{ start: Start }>> = {
  "place-map": () => import("./places/place-map.ts"),
  "sensing-live": () => import("./sensing/live.ts"),
  "sensing-map": () => import("./sensing/map.ts"),
};

const NEAR = "200px";

/** Watch every `data-island` of the document and start it once it is nearly in view. */
export function startIslands(within: ParentNode): void {
  const roots = [...within.querySelectorAll<HTMLElement>("[data-island]")];
  if (roots.length === 0) return;
  const observer = new IntersectionObserver(
    (entries) => {
      for (const entry of entries) {
        if (!entry.isIntersecting) continue;
        observer.unobserve(entry.target);
        void startIsland(entry.target as HTMLElement);
      }
    },
    { rootMargin: NEAR },
  );
  for (const root of roots) observer.observe(root);
}

async function startIsland(root: HTMLElement): Promise<void> {
  const load = ISLANDS[root.dataset["island"] ?? ""];
  if (load === undefined) return;
  const { start } = await load();
  await start(root);
}
