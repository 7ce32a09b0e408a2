"use strict";
// Buttons that copy the text of another element, told to a screen reader as well.
for (const bouton of document.querySelectorAll("button[data-copie]")) {
  bouton.setAttribute("aria-live", "polite");
  bouton.addEventListener("click", async () => {
    const nom = bouton.textContent;
    const source = document.getElementById(bouton.dataset.copie);
    try {
      await navigator.clipboard.writeText(source.textContent);
      bouton.textContent = "Copié";
    } catch {
      getSelection().selectAllChildren(source);
      bouton.textContent = "Sélectionné : Ctrl+C";
    }
    setTimeout(() => { bouton.textContent = nom; }, 2000);
  });
}
// An advance of months takes a while: the page says that it is being done.
document.querySelector(".horloge")?.addEventListener("submit", (event) => {
  event.currentTarget.setAttribute("aria-busy", "true");
});
