export function start(root: HTMLElement): void {
  root.dataset["started"] = "true";
}
