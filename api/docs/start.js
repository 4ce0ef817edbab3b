// Shows the API described by /openapi.json; runs after swagger-ui-bundle.js.
window.addEventListener("load", () => {
  window.SwaggerUIBundle({ url: "/openapi.json", dom_id: "#docs", deepLinking: true, validatorUrl: null });
});
