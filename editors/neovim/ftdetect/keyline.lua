-- Names of Dockerfiles that Neovim does not know by itself, in some or all versions. What has an extension of its own
-- (Dockerfile-notes.md) keeps its type. Neovim takes <name>.dockerignore for a Dockerfile; it holds patterns.
if vim.fn.has('nvim-0.8') == 1 then
  local last = { priority = -10 }
  vim.filetype.add({
    extension = { dockerfile = 'dockerfile', containerfile = 'dockerfile' },
    filename = { Containerfile = 'dockerfile', ['.dockerignore'] = 'dockerignore' },
    pattern = {
      ['Dockerfile%..*'] = 'dockerfile',
      ['Containerfile%..*'] = 'dockerfile',
      ['Dockerfile[-_].*'] = { 'dockerfile', last },
      ['Containerfile[-_].*'] = { 'dockerfile', last },
      ['.*%.dockerignore'] = { 'dockerignore', { priority = 10 } },
    },
  })
else
  vim.cmd([[
    autocmd BufNewFile,BufRead *.dockerfile,*.containerfile,Containerfile set filetype=dockerfile
    autocmd BufNewFile,BufRead Dockerfile.*,Containerfile.* set filetype=dockerfile
    autocmd BufNewFile,BufRead Dockerfile[-_]*,Containerfile[-_]* setfiletype dockerfile
    autocmd BufNewFile,BufRead *.dockerignore set filetype=dockerignore
  ]])
end
