export function table(heads, rows, align = 'l'.repeat(heads.length)) {
  const rule = heads.map((_, column) => (align[column] === 'r' ? '---:' : '---'));
  return [heads, rule, ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** The heads of a table of all rounds, and how its columns are set. */
export function roundHeads(rounds) {
  return {
    heads: Array.from({ length: rounds }, (_, round) => `round ${round + 1}`),
    align: `l${'r'.repeat(rounds)}`,
  };
}

export function mib(value) {
  return `${value.toFixed(0)} MiB`;
}

export function ms(value) {
  return `${value.toFixed(1)} ms`;
}

export function counted(count, one, many) {
  return `${count.toLocaleString('en')} ${count === 1 ? one : many}`;
}
