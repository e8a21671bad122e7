import { describe, expect, it } from "vitest";
import { parseWords } from "../map/words.ts";

describe("the words of the map", () => {
  it("are those the server sent", () => {
    expect(parseWords('{"zoomIn": "Chwyddo i mewn"}').zoomIn).toBe("Chwyddo i mewn");
  });

  it("show a missing one by its own name, so that it is noticed", () => {
    expect(parseWords(undefined).zoomOut).toBe("zoomOut");
  });
});
