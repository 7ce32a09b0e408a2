const sombre = matchMedia("(prefers-color-scheme: dark)");
sombre.onchange = () => document.documentElement.classList.toggle("dark-mode", sombre.matches);
sombre.onchange();
SwaggerUIBundle({ url: "/openapi.json", dom_id: "#api", validatorUrl: null, defaultModelsExpandDepth: -1 });
