-- :checkhealth keyline
local keyline = require('keyline')
local M = {}

-- The names of these functions changed with Neovim 0.10, and their place with 0.8.
local report = {}
for _, name in ipairs({ 'start', 'ok', 'warn', 'error', 'info' }) do
  local health = vim.health or require('health')
  report[name] = health[name] or health['report_' .. name]
end

local function check_neovim()
  local version = vim.version()
  local text = ('Neovim %d.%d.%d'):format(version.major, version.minor, version.patch)
  if vim.fn.has('nvim-0.11') == 1 then
    report.ok(text .. ': starts servers by itself, shows hints and lenses')
  elseif vim.fn.has('nvim-0.10') == 1 then
    report.ok(text .. ": setup() starts the server; shows hints and lenses")
  elseif vim.fn.has('nvim-0.7') == 1 then
    report.warn(text .. ': setup() starts the server; hints behind the lines need Neovim 0.10')
  else
    report.error(text .. ' is too old, 0.7 is needed')
  end
end

local function check_program()
  local program = keyline.program()
  if vim.fn.executable(program) == 0 then
    report.error(('`%s` is not a program here'):format(program), {
      'Install keyline so that it is found on the PATH',
      'or name it: require(\'keyline\').setup({ cmd = { \'/path/to/keyline\', \'lsp\', \'--stdio\' } })',
    })
    return
  end
  local version = vim.fn.system({ program, '--version' })
  if vim.v.shell_error == 0 then
    report.ok(vim.fn.exepath(program) .. ': ' .. vim.trim(version))
  else
    report.error(('`%s --version` ended with exit code %d'):format(program, vim.v.shell_error))
  end
end

local function check_start()
  local is_enabled
  if vim.lsp.is_enabled then
    is_enabled = vim.lsp.is_enabled('keyline')
  else
    is_enabled = keyline.options ~= keyline.defaults or #keyline.clients() > 0
  end
  if is_enabled then
    report.ok('switched on for the file types ' .. table.concat(keyline.options.filetypes, ', '))
  elseif vim.lsp.config then
    report.warn('not switched on', { "Put vim.lsp.enable('keyline') into your configuration" })
  else
    report.warn('not switched on', { "Put require('keyline').setup() into your configuration" })
  end
end

local function check_clients()
  local clients = keyline.clients()
  if #clients == 0 then
    report.info('no server runs at present; one starts with the first Dockerfile that is opened')
  end
  for _, client in ipairs(clients) do
    local folder = client.config.root_dir or 'no folder'
    report.ok(('server %d runs for %s'):format(client.id, vim.fn.fnamemodify(folder, ':~')))
  end
end

function M.check()
  report.start('keyline')
  check_neovim()
  check_program()
  check_start()
  check_clients()
end

return M
