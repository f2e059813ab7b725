// Draws every <figure data-chart> from the JSON beside it; its table stays, and takes the drawing's place on request.
(function () {
  "use strict";
  if (!window.echarts) return;

  // The policy forbids style attributes, not the style object, which is where the SVG renderer's fonts go instead.
  const setAttribute = Element.prototype.setAttribute;
  SVGElement.prototype.setAttribute = function (name, value) {
    if (name === "style") this.style.cssText = value;
    else setAttribute.call(this, name, value);
  };

  const tokens = getComputedStyle(document.documentElement);
  const token = function (name) { return tokens.getPropertyValue(name).trim(); };
  const font = getComputedStyle(document.body).fontFamily;
  const colours = [1, 2, 3, 4, 5, 6].map(function (number) { return token("--chart-" + number); });
  const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;

  // 12345678 → 1,235万: an axis has no room for cents.
  function short(value) {
    const size = Math.abs(value);
    const shown = size >= 1e8 ? [value / 1e8, "亿"] : size >= 1e4 ? [value / 1e4, "万"] : [value, ""];
    return shown[0].toLocaleString("en", { maximumFractionDigits: shown[0] % 1 ? 2 : 0 }) + shown[1];
  }

  function series(data, one) {
    const drawn = { name: one.name, data: one.values, type: data.kind === "line" ? "line" : "bar", barMaxWidth: 28, emphasis: { focus: "none" } };
    if (data.kind === "stacked" || data.kind === "progress") drawn.stack = "all";
    if (data.kind === "line") Object.assign(drawn, { symbolSize: 6, lineStyle: { width: 2 } });
    return drawn;
  }

  function option(data) {
    const words = { color: token("--ink-2"), fontSize: 12 };
    const names = { type: "category", data: data.categories, axisTick: { show: false }, axisLabel: words, axisLine: { lineStyle: { color: token("--line") } } };
    const amounts = { type: "value", axisLabel: Object.assign({ formatter: short }, words), splitLine: { lineStyle: { color: token("--line-2") } }, splitNumber: 4 };
    const lying = data.kind === "horizontal" || data.kind === "progress";
    // Lying bars are read by their names: none is left out.
    if (lying) Object.assign(names, { inverse: true, axisLabel: Object.assign({ interval: 0 }, words) });
    return {
      color: colours,
      textStyle: { fontFamily: font },
      animation: !still,
      animationDuration: 300,
      grid: { left: 8, right: 16, top: data.series.length > 1 ? 34 : 14, bottom: 4, containLabel: true },
      legend: { show: data.series.length > 1, top: 0, left: 0, itemWidth: 14, itemHeight: 10, textStyle: words },
      tooltip: {
        trigger: "axis", renderMode: "richText", confine: true, axisPointer: { type: data.kind === "line" ? "line" : "shadow" },
        backgroundColor: token("--panel"), borderColor: token("--line"), textStyle: { color: token("--ink"), fontSize: 13, fontFamily: font },
        formatter: function (points) {
          const lines = points.map(function (point) { return point.seriesName + "：" + data.series[point.seriesIndex].texts[point.dataIndex] + " " + data.unit; });
          return [points[0].name].concat(lines).join("\n");
        }
      },
      xAxis: lying ? amounts : names,
      yAxis: lying ? names : amounts,
      series: data.series.map(series.bind(null, data))
    };
  }

  function draw(figure) {
    const source = document.getElementById(figure.dataset.chart);
    const plot = figure.querySelector("[data-chart-plot]");
    const table = figure.querySelector("[data-chart-table]");
    const toggle = figure.querySelector("[data-chart-toggle]");
    if (!source || !plot || figure.dataset.drawn) return;
    figure.dataset.drawn = "1";
    const data = JSON.parse(source.textContent);
    const memory = "chart:" + location.pathname + ":" + figure.id;
    let chart = null;

    function show(what) {
      plot.hidden = what !== "plot";
      table.hidden = what !== "table";
      toggle.querySelectorAll("button").forEach(function (button) { button.setAttribute("aria-pressed", String(button.dataset.chartShow === what)); });
      if (what !== "plot") return;
      if (chart) { chart.resize(); return; }
      if (data.kind === "horizontal") plot.style.height = Math.max(plot.clientHeight, 46 + 22 * data.categories.length) + "px";
      chart = window.echarts.init(plot, null, { renderer: "svg" });
      chart.setOption(option(data));
      // On paper the drawing is as wide as the sheet, so it needs to know its own measure.
      const fit = function () {
        const svg = plot.querySelector("svg");
        if (svg && plot.clientWidth) svg.setAttribute("viewBox", "0 0 " + plot.clientWidth + " " + plot.clientHeight);
      };
      fit();
      new ResizeObserver(function () { if (!plot.hidden && !window.matchMedia("print").matches) { chart.resize(); fit(); } }).observe(plot);
    }

    toggle.hidden = false;
    toggle.addEventListener("click", function (event) {
      const button = event.target.closest("button");
      if (!button) return;
      show(button.dataset.chartShow);
      try { sessionStorage.setItem(memory, button.dataset.chartShow); } catch (error) { /* not remembered then */ }
    });
    let remembered = null;
    try { remembered = sessionStorage.getItem(memory); } catch (error) { /* the drawing first */ }
    show(remembered === "table" ? "table" : "plot");
  }

  function drawAll(root) { root.querySelectorAll("figure[data-chart]").forEach(draw); }
  drawAll(document);
  document.addEventListener("htmx:load", function (event) { drawAll(event.target); });
})();
