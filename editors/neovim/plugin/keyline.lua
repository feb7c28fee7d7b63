-- The commands, and what is switched on where the server is attached. Nothing starts here: that is setup()'s work, or
-- that of vim.lsp.enable('keyline').
if vim.g.loaded_keyline or vim.fn.has('nvim-0.7') == 0 then return end
vim.g.loaded_keyline = true

local function command(name, options, run)
  vim.api.nvim_create_user_command('Keyline' .. name, run, options)
end

command('Explain', { desc = 'What the cache key of this line is made of, and what re-runs when it changes' }, function()
  require('keyline.commands').explain()
end)
command('WhatIf', {
  nargs = '*',
  complete = function(typed) return require('keyline.commands').complete_change(typed) end,
  desc = 'What re-runs when these files, or build arguments written $NAME, change',
}, function(call) require('keyline.commands').what_if(call.fargs) end)
command('Status', { desc = 'What keyline knows about this Dockerfile' }, function()
  require('keyline.commands').status()
end)
command('Record', { desc = 'Remember that a build of the present state succeeded' }, function()
  require('keyline.commands').record()
end)
command('Build', {
  nargs = '+',
  complete = 'shellcmd',
  desc = 'Run a build command in a terminal, and remember what it was made of',
}, function(call) require('keyline.commands').build(call.args) end)
command('FixAll', { desc = 'Apply every fix that builds the same image' }, function()
  require('keyline.commands').fix_all()
end)
command('Restart', { desc = 'Stop the server and start it again' }, function() require('keyline').restart() end)

-- Neovim 0.7 has no such event; there setup() does it.
if vim.fn.has('nvim-0.8') == 1 then
  vim.api.nvim_create_autocmd('LspAttach', {
    group = vim.api.nvim_create_augroup('keyline_attach', { clear = true }),
    callback = function(event)
      local client = vim.lsp.get_client_by_id(event.data.client_id)
      if client and client.name == 'keyline' then require('keyline').attached(event.buf) end
    end,
  })
end
