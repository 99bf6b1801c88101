import type { EdgeKind } from '../../playbook/model.ts';

interface Palette {
  page: string;
  box: string;
  border: string;
  text: string;
  faint: string;
  groupFill: string;
  groupBorder: string;
  handler: string;
  finally: string;
  edges: Record<EdgeKind, string>;
}

const LIGHT: Palette = {
  page: '#ffffff',
  box: '#ffffff',
  border: '#94a3b8',
  text: '#0f172a',
  faint: '#526077',
  groupFill: '#eff6ff',
  groupBorder: '#bfdbfe',
  handler: '#c81e1e',
  finally: '#0f766e',
  edges: { stream: '#2563eb', state: '#7c3aed', order: '#64748b', trigger: '#b45309' },
};

const DARK: Palette = {
  page: '#0d1117',
  box: '#161b22',
  border: '#475569',
  text: '#e6edf3',
  faint: '#9aa7b8',
  groupFill: '#0f1d33',
  groupBorder: '#1e3a66',
  handler: '#f87171',
  finally: '#2dd4bf',
  edges: { stream: '#60a5fa', state: '#a78bfa', order: '#94a3b8', trigger: '#fbbf24' },
};

const SHAPES = `
.ork-graph text{font:11px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono","Liberation Mono",monospace}
.ork-graph .title{font-size:16px;font-weight:700}
.ork-graph .name{font-size:13px;font-weight:700}
.ork-graph .node text,.ork-graph .label text{text-anchor:middle}
.ork-graph .label text,.ork-graph .group text{font-size:10px}
.ork-graph .node rect{stroke-width:1.2}
.ork-graph .node.handler rect{stroke-width:1.6;stroke-dasharray:6 3}
.ork-graph .node.finally rect{stroke-width:2.4}
.ork-graph .edge{fill:none;stroke-width:1.4}
.ork-graph .edge.stream{stroke-width:2.6}
.ork-graph .edge.state{stroke-dasharray:6 4}
.ork-graph .edge.trigger{stroke-width:2;stroke-dasharray:2 4}
`;

function colors(palette: Palette): string {
  const { edges } = palette;
  const kinds = Object.entries(edges).map(
    ([kind, color]) =>
      `.ork-graph .edge.${kind}{stroke:${color}}.ork-graph .arrow.${kind}{fill:${color}}` +
      `.ork-graph .label.${kind} text{fill:${color}}`,
  );
  return [
    `.ork-graph .page{fill:${palette.page}}`,
    `.ork-graph text{fill:${palette.faint}}`,
    `.ork-graph .title,.ork-graph .name{fill:${palette.text}}`,
    `.ork-graph .node rect{fill:${palette.box};stroke:${palette.border}}`,
    `.ork-graph .node.finally rect{stroke:${palette.finally}}.ork-graph .node.finally .mark{fill:${palette.finally}}`,
    `.ork-graph .node.handler rect{stroke:${palette.handler}}.ork-graph .node.handler .mark{fill:${palette.handler}}`,
    `.ork-graph .group rect{fill:${palette.groupFill};stroke:${palette.groupBorder}}`,
    `.ork-graph .label rect{fill:${palette.page}}`,
    ...kinds,
  ].join('\n');
}

/** The style sheet of a drawn graph: what shows it follows the reader's choice of light or dark. */
export const SVG_STYLE = `${SHAPES}${colors(LIGHT)}\n@media (prefers-color-scheme:dark){\n${colors(DARK)}\n}\n`;
