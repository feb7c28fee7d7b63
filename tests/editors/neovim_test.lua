-- The main job as a user of Neovim meets it: open the bundled service, see what is wrong, ask why, apply the fix.
-- run_neovim.sh starts this with KEYLINE (the binary) and SAMPLE (a copy of the service that may be changed).
local checks, failures = 0, 0
local exit_code_file = vim.env.SAMPLE .. '.exit-code'

local function say(text) io.stdout:write(text .. '\n') end

local function check(condition, name)
  checks = checks + 1
  if not condition then failures = failures + 1 end
  say((condition and 'ok ' or 'not ok ') .. checks .. ' - ' .. name)
  return condition
end

-- For what the rest depends on: a server that does not start is one failure, not one after each time limit.
local function need(condition, name)
  if not check(condition, name) then error('the rest needs this', 0) end
end

local function finish()
  say(('%d passed, %d failed'):format(checks - failures, failures))
  vim.cmd(failures == 0 and 'qall!' or 'cquit 1')
end

-- Waiting is always for something; the limit only ends a broken run.
local function wait(condition) return (vim.wait(30000, condition, 20)) end

local function text_of(buffer) return vim.api.nvim_buf_get_lines(buffer, 0, -1, false) end

-- The number, from 1, of the first line that starts so.
local function line_that_starts(buffer, start)
  for number, line in ipairs(text_of(buffer)) do
    if line:sub(1, #start) == start then return number end
  end
  error('no line starts with ' .. start)
end

local function clients_of(buffer)
  return (vim.lsp.get_clients or vim.lsp.get_active_clients)({ bufnr = buffer, buffer = buffer })
end

-- {'4 copy-before-install', ...}: line from 1 and rule, in order.
local function findings(buffer)
  local list = {}
  for _, diagnostic in ipairs(vim.diagnostic.get(buffer)) do
    list[#list + 1] = { line = diagnostic.lnum + 1, code = diagnostic.code or diagnostic.user_data.lsp.code }
  end
  table.sort(list, function(a, b) return a.line < b.line or (a.line == b.line and a.code < b.code) end)
  for index, finding in ipairs(list) do list[index] = finding.line .. ' ' .. finding.code end
  return list
end

local function has_finding(buffer, line, code) return vim.tbl_contains(findings(buffer), line .. ' ' .. code) end

local function floating_text()
  for _, window in ipairs(vim.api.nvim_list_wins()) do
    if vim.api.nvim_win_get_config(window).relative ~= '' then
      local text = table.concat(text_of(vim.api.nvim_win_get_buf(window)), '\n')
      return text, window
    end
  end
end

local function lens_titles(buffer)
  local titles = {}
  for _, lens in ipairs(vim.lsp.codelens.get(vim.lsp.codelens.enable and { bufnr = buffer } or buffer)) do
    local inner = lens.lens or lens
    if inner.command then titles[#titles + 1] = (inner.range.start.line + 1) .. ' ' .. inner.command.title end
  end
  return titles
end

local function open_sample()
  vim.cmd('filetype plugin on')
  -- Not every version of Neovim tells how a server ended, so a shell notes it.
  local run = '"$0" lsp --stdio; echo $? >"$1"'
  require('keyline').setup({ cmd = { 'sh', '-c', run, vim.env.KEYLINE, exit_code_file } })
  vim.cmd('edit ' .. vim.fn.fnameescape(vim.env.SAMPLE .. '/Dockerfile'))
  local buffer = vim.api.nvim_get_current_buf()
  check(vim.bo[buffer].filetype == 'dockerfile', 'the file type is dockerfile')
  local attached = wait(function()
    for _, client in pairs(clients_of(buffer)) do
      if client.name == 'keyline' and client.server_capabilities then return true end
    end
  end)
  need(attached, 'the server is attached')
  return buffer
end

local function expect_diagnostics(buffer)
  local copy, install = line_that_starts(buffer, 'COPY . .'), line_that_starts(buffer, 'RUN npm ci')
  local argument, packages = line_that_starts(buffer, 'ARG GIT_SHA'), line_that_starts(buffer, 'RUN apt-get')
  need(wait(function() return #vim.diagnostic.get(buffer) > 0 end), 'diagnostics arrive')
  for _, expected in ipairs({
    { copy, 'copy-before-install' }, { install, 'missing-cache-mount' }, { packages, 'missing-cache-mount' },
    { argument, 'volatile-arg-early' },
  }) do
    check(has_finding(buffer, expected[1], expected[2]), ('line %d has %s'):format(expected[1], expected[2]))
  end
  say('# ' .. table.concat(findings(buffer), ', '))
end

local function expect_hover(buffer)
  vim.api.nvim_win_set_cursor(0, { line_that_starts(buffer, 'RUN npm ci'), 5 })
  vim.lsp.buf.hover()
  check(wait(function() return floating_text() ~= nil end), 'hover opens a window')
  local text, window = floating_text()
  check(text and text:find('Cache key inputs', 1, true), 'it lists the cache key inputs')
  check(text and text:find('npm ci', 1, true), 'among them the instruction')
  if window then vim.api.nvim_win_close(window, true) end
end

local function expect_code_lens(buffer)
  local from = line_that_starts(buffer, 'FROM')
  check(wait(function()
    for _, title in ipairs(lens_titles(buffer)) do
      if title:match('^' .. from .. ' ') and title:find('step', 1, true) then return true end
    end
  end), 'a code lens above the stage counts its steps: ' .. table.concat(lens_titles(buffer), ', '))
end

-- What the user picks in the menu that Neovim opens for code actions: the first that `find` takes.
local function choose_action(find)
  local titles = {}
  vim.ui.select = function(items, _, on_choice)
    for index, item in ipairs(items) do
      local action = item.action or item[2]
      titles[index] = action.title
      if find(action) then return on_choice(item, index) end
    end
    on_choice(nil)
  end
  vim.lsp.buf.code_action()
  return titles
end

local function preferred_fix_of(rule)
  return function(action)
    for _, diagnostic in ipairs(action.diagnostics or {}) do
      if diagnostic.code == rule and action.isPreferred then return true end
    end
  end
end

local function expect_fix(buffer)
  local before = text_of(buffer)
  local expected = {}
  for _, line in ipairs(before) do
    if line == 'COPY . .' then expected[#expected + 1] = 'COPY package.json package-lock.json ./'
    else expected[#expected + 1] = line end
    if line == 'RUN npm ci' then expected[#expected + 1] = 'COPY . .' end
  end
  local copy = line_that_starts(buffer, 'COPY . .')
  vim.api.nvim_win_set_cursor(0, { copy, 0 })
  local titles = choose_action(preferred_fix_of('copy-before-install'))
  need(wait(function() return not vim.deep_equal(text_of(buffer), before) end), 'the fix changes the buffer')
  local good = vim.deep_equal(text_of(buffer), expected)
  check(good, 'the manifests are copied first, then the install runs, then the rest is copied; no other line differs')
  if not good then
    say('# offered: ' .. table.concat(titles, '; '))
    say('# ' .. table.concat(text_of(buffer), '\n# '))
  end
  check(wait(function()
    for _, finding in ipairs(findings(buffer)) do
      if finding:find('copy-before-install', 1, true) then return false end
    end
    return true
  end), 'its diagnostic is gone')
  check(has_finding(buffer, line_that_starts(buffer, 'ARG GIT_SHA'), 'volatile-arg-early'), 'the others stay')
end

local function expect_clean_stop(buffer)
  for _, client in pairs(clients_of(buffer)) do
    if vim.fn.has('nvim-0.11') == 1 then client:stop() else client.stop() end
  end
  check(wait(function() return #vim.tbl_values(clients_of(buffer)) == 0 end), 'the server stops when asked')
  local code
  check(wait(function()
    code = vim.fn.filereadable(exit_code_file) == 1 and vim.fn.readfile(exit_code_file)[1]
    return code == '0'
  end), 'with exit code 0: ' .. tostring(code))
end

local ok, problem = xpcall(function()
  local buffer = open_sample()
  expect_diagnostics(buffer)
  expect_hover(buffer)
  expect_code_lens(buffer)
  expect_fix(buffer)
  expect_clean_stop(buffer)
end, debug.traceback)
if not ok then check(false, 'the script runs to its end\n' .. problem) end
finish()
