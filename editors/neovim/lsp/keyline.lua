-- For `vim.lsp.enable('keyline')` without setup(), from Neovim 0.11 on.
local keyline = require('keyline')
return { cmd = keyline.defaults.cmd, filetypes = keyline.defaults.filetypes, root_dir = keyline.root_dir }
