/* Starts Swagger UI over the document named by the page. A separate file, since the page allows no inline script. */
(function () {
  "use strict";
  var place = document.getElementById("docs");
  window.SwaggerUIBundle({
    url: place.dataset.document,
    domNode: place,
    deepLinking: true,
    validatorUrl: null,
    persistAuthorization: false,
    displayRequestDuration: true,
    defaultModelsExpandDepth: 0,
    /* A key and the session's cookie together are refused: who tries a key is not also the person signed in here. */
    requestInterceptor: function (request) {
      if (request.headers && request.headers.Authorization) request.credentials = "omit";
      return request;
    },
    presets: [window.SwaggerUIBundle.presets.apis],
    layout: "BaseLayout"
  });
})();
