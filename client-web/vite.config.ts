import { resolve } from 'node:path';
import { defineConfig } from 'vite';

/** Where `npm run dev` finds a running server. */
const server = process.env.FRACAS_URL ?? 'http://127.0.0.1:8080';

export default defineConfig({
  build: {
    target: 'es2022',
    // No inlined assets: the pages run under a policy without data: URLs.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: {
        index: resolve(import.meta.dirname, 'index.html'),
        watch: resolve(import.meta.dirname, 'watch.html'),
      },
    },
  },
  server: {
    proxy: {
      // The Host header stays, so that the server names and admits the socket where the page is.
      '/api': { target: server, changeOrigin: false },
      '/ws': { target: server, ws: true, changeOrigin: false },
    },
  },
});
