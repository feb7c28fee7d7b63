-- For `vim.lsp.enable('keyline')` without setup(), from Neovim 0.11 on.
local defaults = require('keyline').defaults
return { cmd = defaults.cmd, filetypes = defaults.filetypes, root_markers = defaults.root_markers }
