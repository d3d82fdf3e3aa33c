(function () {
  "use strict";
  var content = JSON.parse(document.getElementById("chart-data").textContent);
  var off = {};
  var hidden = {};
  var config = {
    displaylogo: false, responsive: true, showSendToCloud: false, showEditInChartStudio: false, showTips: false,
    sendData: false, plotlyServerURL: "", topojsonURL: "", showLink: false,
    modeBarButtonsToRemove: ["sendDataToCloud", "editInChartStudio", "lasso2d", "select2d", "autoScale2d"]
  };

  function layoutOf(chart) {
    var narrow = window.innerWidth < 700;
    var layout = {
      height: narrow ? 420 : 400, margin: { l: 64, r: 12, t: 12, b: 56 }, paper_bgcolor: "#fff", plot_bgcolor: "#fff",
      font: { family: "system-ui, sans-serif", size: 13, color: "#222" }, hoverlabel: { namelength: -1 },
      legend: { orientation: "h", y: -0.22, yanchor: "top", x: 0, itemclick: "toggle" }, showlegend: true
    };
    Object.keys(chart.layout).forEach(function (key) { layout[key] = chart.layout[key]; });
    layout.xaxis.gridcolor = layout.yaxis.gridcolor = "#ddd";
    layout.xaxis.automargin = layout.yaxis.automargin = true;
    layout.yaxis.zerolinecolor = "#555";
    if (narrow) {
      layout.hovermode = "closest";
      layout.legend.y = -0.3;
      if (layout.xaxis.type === "category") { layout.xaxis.title = { text: "" }; }
    }
    return layout;
  }

  function shown(chart) {
    return chart.traces.map(function (trace) {
      var gone = hidden[chart.key][trace.meta.line];
      if (trace.meta.run < 0) { return gone ? "legendonly" : true; }
      return !gone && !off[trace.meta.run];
    });
  }

  function refresh(chart) {
    Plotly.restyle(document.getElementById(chart.key), { visible: shown(chart) });
  }

  content.charts.forEach(function (chart) {
    hidden[chart.key] = {};
    var place = document.getElementById(chart.key);
    Plotly.newPlot(place, chart.traces, layoutOf(chart), config);
    place.on("plotly_legendclick", function (event) {
      var line = event.data[event.curveNumber].meta.line;
      hidden[chart.key][line] = !hidden[chart.key][line];
      refresh(chart);
      return false;
    });
    place.on("plotly_legenddoubleclick", function () { return false; });
  });

  Array.prototype.forEach.call(document.querySelectorAll("input[data-run]"), function (box) {
    box.disabled = false;
    box.addEventListener("change", function () {
      off[box.getAttribute("data-run")] = !box.checked;
      content.charts.forEach(refresh);
    });
  });
})();
