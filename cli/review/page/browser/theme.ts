import { byId } from "./dom";

/** Shows the button that turns the page from the system's theme to the other one, and back. */
export function offerTheme(): void {
  const button = byId("theme");
  const systemIsDark = matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => {
    const chosen = document.documentElement.dataset["theme"];
    return chosen === undefined ? systemIsDark.matches : chosen === "dark";
  };
  const label = () => {
    button.textContent = isDark() ? "Light theme" : "Dark theme";
  };
  button.addEventListener("click", () => {
    document.documentElement.dataset["theme"] = isDark() ? "light" : "dark";
    label();
  });
  systemIsDark.addEventListener("change", label);
  label();
  button.hidden = false;
}
