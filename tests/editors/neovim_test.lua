-- The main job as a user of Neovim meets it: open the bundled service, see what is wrong, ask why, apply the fix, save.
-- run_neovim.sh starts this with KEYLINE (the binary), SAMPLE (a copy of the service that may be changed), NOTES (a
-- folder where the server's pid and exit code are noted, and the report) and ROUTE, one of the two ways to start that
-- the README names.
local checks, failures = 0, 0
local report = assert(io.open(vim.env.NOTES .. '/report', 'w'))

local function say(text) report:write(text .. '\n') end

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
  report:close()
  vim.cmd(failures == 0 and 'qall!' or 'cquit 1')
end

-- Waiting is always for something; the limit only ends a broken run.
local function wait(condition) return (vim.wait(tonumber(vim.env.PATIENCE_MS) or 120000, condition, 20)) end

local function text_of(buffer) return vim.api.nvim_buf_get_lines(buffer, 0, -1, false) end

-- The number, from 1, of the first line that starts so.
local function line_that_starts(buffer, start)
  for number, line in ipairs(text_of(buffer)) do
    if line:sub(1, #start) == start then return number end
  end
  error('no line starts with ' .. start)
end

local function clients_of(buffer) return require('keyline').clients(buffer) end

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

local function has_rule(buffer, code)
  for _, finding in ipairs(findings(buffer)) do
    if finding:find(' ' .. code, 1, true) then return true end
  end
  return false
end

local function floating_text()
  for _, window in ipairs(vim.api.nvim_list_wins()) do
    if vim.api.nvim_win_get_config(window).relative ~= '' then
      local text = table.concat(text_of(vim.api.nvim_win_get_buf(window)), '\n')
      return text, window
    end
  end
end

-- What the next float says; it is closed again.
local function answer_in_window(ask, name)
  ask()
  check(wait(function() return floating_text() ~= nil end), name .. ' opens a window')
  local text, window = floating_text()
  if window then vim.api.nvim_win_close(window, true) end
  return text or ''
end

local function contains(text, words, name)
  if not check(text:find(words, 1, true) ~= nil, name) then say('# ' .. text:gsub('\n', '\n# ')) end
end

local function lens_titles(buffer)
  local titles = {}
  for _, lens in ipairs(vim.lsp.codelens.get(vim.lsp.codelens.enable and { bufnr = buffer } or buffer)) do
    local inner = lens.lens or lens
    if inner.command then titles[#titles + 1] = (inner.range.start.line + 1) .. ' ' .. inner.command.title end
  end
  return titles
end

local function hint_texts(buffer)
  local texts = {}
  for _, each in ipairs(vim.lsp.inlay_hint.get({ bufnr = buffer })) do
    local label = each.inlay_hint.label
    if type(label) == 'table' then label = label[1].value end
    texts[#texts + 1] = (each.inlay_hint.position.line + 1) .. ' ' .. vim.trim(label)
  end
  return texts
end

local function expect_file_types()
  for name, type in pairs({
    ['Dockerfile'] = 'dockerfile', ['Containerfile'] = 'dockerfile', ['web.dockerfile'] = 'dockerfile',
    ['Dockerfile.web'] = 'dockerfile', ['web.containerfile'] = 'dockerfile', ['Containerfile.web'] = 'dockerfile',
    ['Dockerfile-dev'] = 'dockerfile', ['Dockerfile_dev'] = 'dockerfile', ['.dockerignore'] = 'dockerignore',
    ['Dockerfile.dockerignore'] = 'dockerignore', ['Dockerfile-notes.md'] = 'markdown', ['compose.md'] = 'markdown',
  }) do
    vim.cmd('edit ' .. vim.fn.fnameescape(vim.env.NOTES .. '/' .. name))
    check(vim.bo.filetype == type, ('%s is %s: %s'):format(name, type, vim.bo.filetype))
    vim.cmd('bwipeout!')
  end
end

local function start(settings)
  if vim.env.ROUTE == 'enable' then
    if settings then vim.lsp.config('keyline', { settings = { keyline = settings } }) end
    vim.lsp.enable('keyline')
  else
    require('keyline').setup({ settings = settings })
  end
end

local function open_sample()
  vim.cmd('edit ' .. vim.fn.fnameescape(vim.env.SAMPLE .. '/Dockerfile'))
  local buffer = vim.api.nvim_get_current_buf()
  check(vim.bo[buffer].filetype == 'dockerfile', 'the file type is dockerfile')
  need(wait(function() return #clients_of(buffer) == 1 end), 'the server is attached')
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
  local seen = {}
  for _, finding in ipairs(findings(buffer)) do
    if seen[finding] then check(false, 'a finding is shown once: ' .. finding) end
    seen[finding] = true
  end
  say('# ' .. table.concat(findings(buffer), ', '))
end

local function expect_hover(buffer)
  vim.api.nvim_win_set_cursor(0, { line_that_starts(buffer, 'RUN npm ci'), 5 })
  local text = answer_in_window(vim.lsp.buf.hover, 'hover')
  contains(text, 'Cache key inputs', 'it lists the cache key inputs')
  contains(text, 'npm ci', 'among them the instruction')
  local explained = answer_in_window(function() vim.cmd('KeylineExplain') end, ':KeylineExplain')
  contains(explained, 'Cache key inputs', 'it says the same')
end

local function expect_code_lens(buffer)
  local from = line_that_starts(buffer, 'FROM')
  check(wait(function()
    for _, title in ipairs(lens_titles(buffer)) do
      if title:match('^' .. from .. ' ') and title:find('step', 1, true) then return true end
    end
  end), 'a code lens above the stage counts its steps: ' .. table.concat(lens_titles(buffer), ', '))
end

local function expect_hints(buffer)
  if not vim.lsp.inlay_hint then return say('# no inlay hints in this version') end
  local install = line_that_starts(buffer, 'RUN npm ci')
  check(wait(function()
    for _, text in ipairs(hint_texts(buffer)) do
      if text:match('^' .. install .. ' .*re%-runs') then return true end
    end
  end), 'a hint behind the install says what re-runs it: ' .. table.concat(hint_texts(buffer), ', '))
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

local function expect_text(lines, expected, name)
  if check(vim.deep_equal(lines, expected), name) then return end
  say('# ' .. table.concat(lines, '\n# '))
end

local function expect_fix(buffer)
  local before = text_of(buffer)
  local expected = vim.fn.readfile(vim.env.NOTES .. '/expected')
  vim.api.nvim_win_set_cursor(0, { line_that_starts(buffer, 'COPY . .'), 0 })
  local titles = choose_action(preferred_fix_of('copy-before-install'))
  local changed = wait(function() return not vim.deep_equal(text_of(buffer), before) end)
  need(changed, 'the fix changes the buffer; offered: ' .. table.concat(titles, '; '))
  vim.cmd('silent write')
  expect_text(vim.fn.readfile(vim.env.SAMPLE .. '/Dockerfile'), expected,
    'saved: the manifests are copied first, then the install runs, then the rest is copied; no other line differs')
  check(wait(function() return not has_rule(buffer, 'copy-before-install') end), 'its diagnostic is gone')
  check(has_finding(buffer, line_that_starts(buffer, 'ARG GIT_SHA'), 'volatile-arg-early'), 'the others stay')
end

local function expect_rename(buffer)
  local expected = {}
  for index, line in ipairs(text_of(buffer)) do expected[index] = line:gsub('GIT_SHA', 'GIT_COMMIT') end
  vim.api.nvim_win_set_cursor(0, { line_that_starts(buffer, 'ARG GIT_SHA'), 5 })
  vim.lsp.buf.rename('GIT_COMMIT')
  wait(function() return vim.deep_equal(text_of(buffer), expected) end)
  expect_text(text_of(buffer), expected, 'rename changes the argument where it is declared and where it is used')
end

local function expect_commands(buffer)
  check(vim.deep_equal(vim.fn.getcompletion('KeylineWhatIf src/s', 'cmdline'), { 'src/server.js' }),
    ':KeylineWhatIf completes files')
  check(vim.deep_equal(vim.fn.getcompletion('KeylineWhatIf $GIT', 'cmdline'), { '$GIT_COMMIT' }), 'and build arguments')
  local text = answer_in_window(function() vim.cmd('KeylineWhatIf src/server.js') end, ':KeylineWhatIf')
  contains(text, 'npm run build', 'it names a step that re-runs')
  check(not text:find('npm ci', 1, true), 'and not the install, which no longer reads that file')
  text = answer_in_window(function() vim.cmd('KeylineWhatIf $GIT_COMMIT') end, ':KeylineWhatIf with an argument')
  contains(text, 'npm ci', 'it names a step that the argument re-runs')
  local function status()
    return answer_in_window(function() vim.cmd('KeylineStatus') end, ':KeylineStatus')
  end
  contains(status(), 'no build of this Dockerfile is remembered', 'no build is remembered yet')
  vim.cmd('silent write')
  vim.cmd('KeylineRecord')
  local forecast = 'forecast from the builds'
  need(wait(function() return status():find(forecast, 1, true) ~= nil end), ':KeylineRecord makes a forecast possible')

  local original = vim.env.NOTES .. '/fixed'
  vim.fn.system({ 'cp', '-R', vim.env.SAMPLE, original })
  local fixed = vim.fn.system({ vim.env.KEYLINE, 'fix', original })
  local expected = vim.fn.readfile(original .. '/Dockerfile')
  check(not vim.deep_equal(expected, text_of(buffer)), 'there is something left to fix: ' .. vim.trim(fixed))
  vim.cmd('KeylineFixAll')
  wait(function() return vim.deep_equal(text_of(buffer), expected) end)
  expect_text(text_of(buffer), expected, ':KeylineFixAll does what `keyline fix` does')
end

local function expect_build()
  vim.cmd('KeylineBuild true')
  local terminal = vim.api.nvim_get_current_buf()
  check(vim.bo[terminal].buftype == 'terminal', ':KeylineBuild opens a terminal')
  local function output() return table.concat(text_of(terminal), '\n') end
  check(wait(function() return output():find('not recorded: only docker', 1, true) ~= nil end),
    'in which keyline runs the command')
  vim.cmd('bwipeout!')
end

local function expect_health()
  vim.cmd('checkhealth keyline')
  local text = table.concat(text_of(0), '\n')
  contains(text, 'keyline 0.', ':checkhealth names the program and its version')
  contains(text, 'runs for', 'and the server that runs')
  check(not text:find('ERROR', 1, true), 'and finds no error')
  vim.cmd('bwipeout!')
end

local function expect_help()
  for _, tag in ipairs({ 'keyline', 'keyline-setup', ':KeylineExplain', ':KeylineWhatIf', ':KeylineBuild' }) do
    local found = pcall(vim.cmd, 'help ' .. tag)
    check(found and vim.fn.expand('%:t') == 'keyline.txt', ':help ' .. tag)
  end
  vim.cmd('helpclose')
end

-- Compose files are YAML like many others: only those that Compose reads by itself get the server.
local function expect_build_files()
  local compose = vim.env.SAMPLE .. '/compose.yaml'
  local lines = { 'services:', '  relay:', '    build:', '      context: .', '      args:', '        UNHEARD_OF: "1"' }
  vim.fn.writefile(lines, compose)
  vim.cmd('edit ' .. vim.fn.fnameescape(compose))
  local buffer = vim.api.nvim_get_current_buf()
  check(wait(function() return has_finding(buffer, 6, 'build-arg-unknown') end), 'compose.yaml has its findings')
  vim.cmd('bwipeout!')
  vim.fn.delete(compose)
  vim.cmd('edit ' .. vim.fn.fnameescape(vim.env.SAMPLE .. '/other.yaml'))
  check(#clients_of(vim.api.nvim_get_current_buf()) == 0, 'and other YAML is left alone')
  vim.cmd('bwipeout!')
end

local function server_pids()
  local path = vim.env.NOTES .. '/pids'
  return vim.fn.filereadable(path) == 1 and vim.fn.readfile(path) or {}
end

local function expect_restart(buffer)
  vim.api.nvim_set_current_buf(buffer)
  local before = clients_of(buffer)[1].id
  vim.cmd('KeylineRestart')
  check(wait(function()
    local now = clients_of(buffer)[1]
    return now and now.id ~= before and #server_pids() == 2
  end), ':KeylineRestart starts another server')
  check(wait(function() return #vim.diagnostic.get(buffer) > 0 end), 'which finds something')
end

local function expect_clean_stop(buffer, servers)
  for _, client in ipairs(clients_of(buffer)) do
    if vim.fn.has('nvim-0.11') == 1 then client:stop() else client.stop() end
  end
  check(wait(function() return #clients_of(buffer) == 0 end), 'the server stops when asked')
  local codes = vim.env.NOTES .. '/exit-codes'
  local function seen() return vim.fn.filereadable(codes) == 1 and table.concat(vim.fn.readfile(codes), ' ') or '' end
  local expected = vim.trim(('0 '):rep(servers))
  wait(function() return seen() == expected end)
  check(seen() == expected, ('%d of %d servers ended with exit code 0: %s'):format(#seen() / 2 + 0.5, servers, seen()))
  check(wait(function()
    for _, pid in ipairs(server_pids()) do
      vim.fn.system({ 'kill', '-0', pid })
      if vim.v.shell_error == 0 then return false end
    end
    return true
  end), 'no process is left')
end

-- A session of its own, since settings are given when the server is set up.
local function expect_settings()
  start({ rules = { ['volatile-arg-early'] = 'off' } })
  local buffer = open_sample()
  need(wait(function() return has_rule(buffer, 'copy-before-install') end), 'diagnostics arrive')
  check(wait(function() return not has_rule(buffer, 'volatile-arg-early') end), 'without the rule that is switched off')
  expect_clean_stop(buffer, 1)
end

local function expect_session()
  expect_file_types()
  start()
  local buffer = open_sample()
  expect_diagnostics(buffer)
  expect_hover(buffer)
  expect_code_lens(buffer)
  expect_hints(buffer)
  expect_fix(buffer)
  expect_rename(buffer)
  expect_commands(buffer)
  expect_build()
  expect_health()
  expect_help()
  expect_build_files()
  vim.cmd('edit! ' .. vim.fn.fnameescape(vim.env.SAMPLE .. '/Dockerfile'))
  expect_restart(buffer)
  expect_clean_stop(buffer, 2)
end

local function run()
  local version = vim.version()
  say(('# Neovim %d.%d.%d, %s'):format(version.major, version.minor, version.patch, vim.env.ROUTE))
  vim.cmd('filetype plugin on')
  vim.opt.swapfile = false
  local ok, problem = xpcall(vim.env.SESSION == 'settings' and expect_settings or expect_session, debug.traceback)
  if not ok then check(false, 'the script runs to its end\n' .. problem) end
  finish()
end

-- Once Neovim is up, as for a user who types: before that, it starts no servers in buffers that are open.
vim.api.nvim_create_autocmd('VimEnter', { callback = function() vim.schedule(run) end })
