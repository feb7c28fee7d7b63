-- Starts `keyline lsp` for Dockerfiles, .dockerignore, Compose and Bake files; works from Neovim 0.7 on. Rules and settings are the
-- server's: nothing here names one, so that this file does not change when they do.
local M = {}

M.defaults = {
  cmd = { 'keyline', 'lsp', '--stdio' },
  -- Of the last four, which hold much else, only files that Compose and Bake read by themselves.
  filetypes = { 'dockerfile', 'dockerignore', 'yaml.docker-compose', 'yaml', 'hcl', 'json' },
  root_markers = { 'docker-bake.hcl', 'compose.yaml', 'compose.yml', 'docker-compose.yml', '.git' },
  settings = {}, -- sent as they are, under the key `keyline`
  code_lens = true,
  inlay_hints = true, -- Neovim 0.10 and newer
}
M.options = M.defaults

-- The folder the server is told about: the nearest one above the file that holds a marker, else the file's own.
local function root_of(file, markers)
  local folder = vim.fn.fnamemodify(file, ':p:h')
  local nearest
  for _, marker in ipairs(markers) do
    for _, find in ipairs({ vim.fn.findfile, vim.fn.finddir }) do
      local found = find(marker, vim.fn.fnameescape(folder) .. ';')
      if found ~= '' then
        local candidate = vim.fn.fnamemodify(found, ':p:s?[/\\]$??:h')
        if not nearest or #candidate > #nearest then nearest = candidate end
      end
    end
  end
  return nearest or folder
end

-- By file type, the names of what Compose and Bake read by themselves.
local compose = { '^compose%..*ya?ml$', '^docker%-compose.*%.ya?ml$' }
local build_files = {
  ['yaml'] = compose,
  ['yaml.docker-compose'] = compose,
  ['hcl'] = { '^docker%-bake.*%.hcl$' },
  ['json'] = { '^docker%-bake.*%.json$' },
}

-- Whether the server has something to say about the buffer, which has one of the file types.
local function is_wanted(buffer)
  local patterns = build_files[vim.bo[buffer].filetype]
  if not patterns then return true end
  local name = vim.fn.fnamemodify(vim.api.nvim_buf_get_name(buffer), ':t')
  for _, pattern in ipairs(patterns) do
    if name:find(pattern) then return true end
  end
  return false
end

-- For Neovim 0.11 and newer, which starts no server where no folder is given.
function M.root_dir(buffer, start)
  if is_wanted(buffer) then start(root_of(vim.api.nvim_buf_get_name(buffer), M.options.root_markers)) end
end

local function refresh_code_lens(buffer)
  vim.lsp.codelens.refresh(vim.fn.has('nvim-0.10') == 1 and { bufnr = buffer } or nil)
end

local function show_code_lens(buffer)
  if vim.lsp.codelens.enable then
    vim.lsp.codelens.enable(true, { bufnr = buffer })
    return
  end
  local group = vim.api.nvim_create_augroup('keyline_code_lens_' .. buffer, { clear = true })
  vim.api.nvim_create_autocmd({ 'BufEnter', 'InsertLeave', 'TextChanged', 'BufWritePost' }, {
    group = group,
    buffer = buffer,
    callback = function()
      if M.client(buffer) then refresh_code_lens(buffer) end
    end,
  })
  if vim.api.nvim_get_current_buf() == buffer then refresh_code_lens(buffer) end
end

-- An empty table would be sent as an empty list; no settings at all means the defaults.
local function settings_of(options)
  return next(options.settings) and { keyline = options.settings } or nil
end

-- All that runs, or what is attached to one buffer.
function M.clients(buffer)
  local all
  if vim.lsp.get_clients then
    all = vim.lsp.get_clients({ bufnr = buffer })
  else
    all = buffer and vim.lsp.buf_get_clients(buffer) or vim.lsp.get_active_clients()
  end
  return vim.tbl_filter(function(client) return client.name == 'keyline' end, vim.tbl_values(all))
end

function M.client(buffer) return M.clients(buffer)[1] end

-- The program that `cmd` starts, as the user configured it.
function M.program()
  local config = vim.lsp.config and vim.lsp.config.keyline
  local cmd = config and config.cmd or M.options.cmd
  return type(cmd) == 'table' and cmd[1] or M.defaults.cmd[1]
end

-- The server is there for this buffer: switch on what Neovim keeps off by itself.
function M.attached(buffer)
  if M.options.code_lens and vim.lsp.codelens then show_code_lens(buffer) end
  if M.options.inlay_hints and vim.lsp.inlay_hint then vim.lsp.inlay_hint.enable(true, { bufnr = buffer }) end
end

-- Before Neovim 0.11 nothing starts servers by itself. 0.7 also lacks vim.lsp.start, which shares one server among the
-- buffers of a root, so the table here does that for it.
local running = {}

local function start(options, buffer)
  local file = vim.api.nvim_buf_get_name(buffer)
  if file == '' or vim.bo[buffer].buftype ~= '' or not is_wanted(buffer) then return end
  local root = root_of(file, options.root_markers)
  local config = {
    name = 'keyline',
    cmd = options.cmd,
    root_dir = root,
    settings = settings_of(options),
    init_options = settings_of(options), -- the oldest versions send no settings
    on_exit = function() running[root] = nil end,
    workspace_folders = { { uri = vim.uri_from_fname(root), name = root } },
  }
  if vim.lsp.start then
    vim.lsp.start(config, { bufnr = buffer })
    return
  end
  config.on_attach = function(_, attached_buffer) M.attached(attached_buffer) end
  running[root] = running[root] or vim.lsp.start_client(config)
  if running[root] then vim.lsp.buf_attach_client(buffer, running[root]) end
end

local function start_in_open_buffers()
  for _, buffer in ipairs(vim.api.nvim_list_bufs()) do
    local wanted = vim.tbl_contains(M.options.filetypes, vim.bo[buffer].filetype)
    if wanted and vim.api.nvim_buf_is_loaded(buffer) then start(M.options, buffer) end
  end
end

function M.setup(options)
  M.options = vim.tbl_deep_extend('force', M.defaults, options or {})
  if vim.lsp.config then
    vim.lsp.config('keyline', {
      cmd = M.options.cmd,
      filetypes = M.options.filetypes,
      root_dir = M.root_dir,
      settings = settings_of(M.options),
    })
    vim.lsp.enable('keyline')
    return
  end
  vim.api.nvim_create_autocmd('FileType', {
    group = vim.api.nvim_create_augroup('keyline', { clear = true }),
    pattern = M.options.filetypes,
    callback = function(event) start(M.options, event.buf) end,
  })
  -- Buffers that were opened before setup() have had their FileType event.
  start_in_open_buffers()
end

-- A server that does not leave within this time is not waited for any longer.
local patience_ms = 10000

function M.restart()
  for _, client in ipairs(M.clients()) do
    if vim.fn.has('nvim-0.11') == 1 then client:stop() else client.stop() end
  end
  local step_ms, waited_ms = 50, 0
  local timer = vim.loop.new_timer()
  timer:start(0, step_ms, vim.schedule_wrap(function()
    if timer:is_closing() then return end
    waited_ms = waited_ms + step_ms
    if #M.clients() > 0 and waited_ms < patience_ms then return end
    timer:close()
    if vim.lsp.config then vim.lsp.enable('keyline') else start_in_open_buffers() end
  end))
end

return M
