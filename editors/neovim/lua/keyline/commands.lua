-- What the user commands do: a question to the server, and its answer in a window.
local keyline = require('keyline')
local M = {}

local function tell(text, level) vim.notify('keyline: ' .. text, level or vim.log.levels.INFO) end

-- A float beside the cursor, as a hover's: it goes when the cursor moves, and the command given again enters it.
local function show(title, text)
  local lines = vim.split(vim.trim(text), '\n', { plain = true })
  local options = { border = 'rounded', max_width = 100, focus_id = 'keyline ' .. title }
  if vim.fn.has('nvim-0.10') == 1 then options.title = ' ' .. title .. ' ' end
  vim.lsp.util.open_floating_preview(lines, 'markdown', options)
end

-- Calls `with_answer` with what the server says to the request; problems are told.
local function ask(method, params, with_answer)
  local buffer = vim.api.nvim_get_current_buf()
  local client = keyline.client(buffer)
  if not client then
    return tell('no server runs for this buffer; :checkhealth keyline says why', vim.log.levels.WARN)
  end
  local function handle(problem, answer)
    if problem then return tell(problem.message, vim.log.levels.ERROR) end
    with_answer(answer, client)
  end
  local filled = params(client, buffer)
  if vim.fn.has('nvim-0.11') == 1 then
    client:request(method, filled, handle, buffer)
  else
    client.request(method, filled, handle, buffer)
  end
end

local function run(command, argument, with_answer)
  ask('workspace/executeCommand', function(client, buffer)
    local filled = vim.tbl_extend('force', { uri = vim.uri_from_bufnr(buffer) }, argument and argument(client) or {})
    return { command = command, arguments = { filled } }
  end, with_answer)
end

function M.explain()
  run('keyline.explain', function(client)
    return { position = vim.lsp.util.make_position_params(0, client.offset_encoding).position }
  end, function(text)
    if type(text) == 'string' then show('keyline', text) else tell('nothing to say about this line') end
  end)
end

function M.status()
  run('keyline.status', nil, function(text) show('keyline: status', text) end)
end

-- The server tells itself how it went.
function M.record()
  run('keyline.recordBuild', nil, function() end)
end

local function what_if(words)
  local paths, arguments = {}, {}
  for _, word in ipairs(words) do
    local name = word:match('^%$(.+)')
    table.insert(name and arguments or paths, name or word)
  end
  -- An empty table would be sent as an object.
  run('keyline.whatIf', function()
    return { paths = #paths > 0 and paths or nil, arguments = #arguments > 0 and arguments or nil }
  end, function(text) show('keyline: what if', text) end)
end

function M.what_if(words)
  if #words > 0 then return what_if(words) end
  local prompt = 'Files that change, from the build context, or $ARGUMENT: '
  vim.ui.input({ prompt = prompt }, function(line)
    if line and vim.trim(line) ~= '' then what_if(vim.split(vim.trim(line), '%s+')) end
  end)
end

-- Files from the folder of the Dockerfile, which most often is the context, and the arguments that it declares.
function M.complete_change(typed)
  local candidates = {}
  if typed:sub(1, 1) == '$' then
    for _, line in ipairs(vim.api.nvim_buf_get_lines(0, 0, -1, false)) do
      local name = line:match('^%s*[Aa][Rr][Gg]%s+([%w_]+)')
      if name then candidates['$' .. name] = true end
    end
  else
    local folder = vim.fn.expand('%:p:h')
    for _, path in ipairs(vim.fn.globpath(vim.fn.escape(folder, ',\\'), typed .. '*', true, true)) do
      candidates[path:sub(#folder + 2) .. (vim.fn.isdirectory(path) == 1 and '/' or '')] = true
    end
  end
  local matching = vim.tbl_filter(function(each) return vim.startswith(each, typed) end, vim.tbl_keys(candidates))
  table.sort(matching)
  return matching
end

-- What is typed is for the shell, as with :terminal; keyline runs it unchanged.
function M.build(command)
  local line = vim.fn.shellescape(keyline.program()) .. ' build -- ' .. command
  vim.cmd('botright new')
  if vim.fn.has('nvim-0.11') == 1 then vim.fn.jobstart(line, { term = true }) else vim.fn.termopen(line) end
end

function M.fix_all()
  ask('textDocument/codeAction', function(_, buffer)
    local last = vim.api.nvim_buf_line_count(buffer)
    return {
      textDocument = vim.lsp.util.make_text_document_params(buffer),
      range = { start = { line = 0, character = 0 }, ['end'] = { line = last, character = 0 } },
      context = { diagnostics = {}, only = { 'source.fixAll.keyline' } },
    }
  end, function(actions, client)
    local action = actions and actions[1]
    if not action then return tell('no fix here builds the same image for sure') end
    vim.lsp.util.apply_workspace_edit(action.edit, client.offset_encoding)
  end)
end

return M
