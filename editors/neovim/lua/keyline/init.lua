-- Starts `keyline lsp` for Dockerfiles; works from Neovim 0.7 on. Rules and settings are the server's: nothing here
-- names one, so that this file does not change when they do.
local M = {}

M.defaults = {
  cmd = { 'keyline', 'lsp', '--stdio' },
  filetypes = { 'dockerfile' },
  root_markers = { 'docker-bake.hcl', 'compose.yaml', 'compose.yml', 'docker-compose.yml', '.git' },
  settings = {}, -- sent as they are, under the key `keyline`
  code_lens = true,
  inlay_hints = true, -- Neovim 0.10 and newer
}

-- The folder the server is told about: the nearest one above the file that holds a marker, else the file's own.
local function root_of(file, markers)
  local folder = vim.fn.fnamemodify(file, ':p:h')
  local nearest
  for _, marker in ipairs(markers) do
    for _, find in ipairs({ vim.fn.findfile, vim.fn.finddir }) do
      local found = find(marker, folder .. ';')
      if found ~= '' then
        local candidate = vim.fn.fnamemodify(found, ':p:s?[/\\]$??:h')
        if not nearest or #candidate > #nearest then nearest = candidate end
      end
    end
  end
  return nearest or folder
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
    callback = function() refresh_code_lens(buffer) end,
  })
  if vim.api.nvim_get_current_buf() == buffer then refresh_code_lens(buffer) end
end

-- An empty table would be sent as an empty list; no settings at all means the defaults.
local function settings_of(options)
  return next(options.settings) and { keyline = options.settings } or nil
end

local function on_attach(options)
  return function(_, buffer)
    if options.code_lens and vim.lsp.codelens then show_code_lens(buffer) end
    if options.inlay_hints and vim.lsp.inlay_hint then vim.lsp.inlay_hint.enable(true, { bufnr = buffer }) end
  end
end

-- Before Neovim 0.11 nothing starts servers by itself. 0.7 also lacks vim.lsp.start, which shares one server among the
-- buffers of a root, so the table here does that for it.
local clients = {}

local function start(options, buffer)
  local file = vim.api.nvim_buf_get_name(buffer)
  if file == '' or vim.bo[buffer].buftype ~= '' then return end
  local root = root_of(file, options.root_markers)
  local config = {
    name = 'keyline',
    cmd = options.cmd,
    root_dir = root,
    settings = settings_of(options),
    on_attach = on_attach(options),
    on_exit = function() clients[root] = nil end,
    workspace_folders = { { uri = vim.uri_from_fname(root), name = root } },
  }
  if vim.lsp.start then
    vim.lsp.start(config, { bufnr = buffer })
  else
    clients[root] = clients[root] or vim.lsp.start_client(config)
    if clients[root] then vim.lsp.buf_attach_client(buffer, clients[root]) end
  end
end

function M.setup(options)
  options = vim.tbl_deep_extend('force', M.defaults, options or {})
  if vim.lsp.config then
    vim.lsp.config('keyline', {
      cmd = options.cmd,
      filetypes = options.filetypes,
      root_markers = options.root_markers,
      settings = settings_of(options),
      on_attach = on_attach(options),
    })
    vim.lsp.enable('keyline')
    return
  end
  vim.api.nvim_create_autocmd('FileType', {
    group = vim.api.nvim_create_augroup('keyline', { clear = true }),
    pattern = options.filetypes,
    callback = function(event) start(options, event.buf) end,
  })
  -- Buffers that were opened before setup() have had their FileType event.
  for _, buffer in ipairs(vim.api.nvim_list_bufs()) do
    if vim.api.nvim_buf_is_loaded(buffer) and vim.tbl_contains(options.filetypes, vim.bo[buffer].filetype) then
      start(options, buffer)
    end
  end
end

return M
