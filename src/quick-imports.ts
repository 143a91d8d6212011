import { type ResolveFnOutput, registerHooks } from 'node:module';

/**
 * Finds the modules of drizzle-orm for Node, which else reads through all that drizzle-orm exports (130 kB of its
 * package.json) for each of its 129 modules, and wherever one is imported: 0.5 s at every start. Every program that
 * opens the catalogue imports this first, and what opens the catalogue only then, by `import()`.
 */
const name = 'drizzle-orm';
const folder = new URL('.', import.meta.resolve(name)).href;
const found = new Map<string, ResolveFnOutput>();

registerHooks({
  resolve(specifier, context, next) {
    const { parentURL } = context;
    if (specifier.startsWith('.') && parentURL?.startsWith(folder) === true) {
      return { url: new URL(specifier, parentURL).href, format: 'module', shortCircuit: true };
    }
    if (specifier !== name && !specifier.startsWith(`${name}/`)) return next(specifier, context);
    const result = found.get(specifier) ?? { ...next(specifier, context), shortCircuit: true };
    found.set(specifier, result);
    return result;
  },
});
