" The main job as a user of ALE meets it: open the bundled service, see what is wrong, ask why, apply the fix, save.
" run_vim.sh starts this with NOTES (a folder for the report), SAMPLE (a copy of the service that may be changed) and
" CONFIGURATION (the lines that our page on Vim tells users to write).
set nocompatible hidden nomore noswapfile viminfo= shortmess+=atI
let s:report = $NOTES . '/report'
let s:failures = 0

func! s:Say(text) abort
  call writefile([a:text], s:report, 'a')
endfunc

func! s:Check(condition, name) abort
  if !a:condition | let s:failures += 1 | endif
  call s:Say((a:condition ? 'ok - ' : 'not ok - ') . a:name)
  return a:condition
endfunc

" For what the rest depends on.
func! s:Need(condition, name) abort
  if !s:Check(a:condition, a:name) | throw 'the rest needs this: ' . a:name | endif
endfunc

" Waiting is always for something; the limit only ends a broken run.
func! s:Wait(Condition) abort
  let l:begin = reltime()
  while reltimefloat(reltime(l:begin)) < 120
    if a:Condition() | return 1 | endif
    sleep 20m
  endwhile
  return 0
endfunc

func! s:Texts() abort
  return map(copy(ale#engine#GetLoclist(bufnr(''))), 'v:val.text')
endfunc

func! s:HasFinding(words) abort
  return match(s:Texts(), '\V' . a:words) >= 0
endfunc

func! s:PreviewText() abort
  for l:window in range(1, winnr('$'))
    if getwinvar(l:window, '&previewwindow') | return join(getbufline(winbufnr(l:window), 1, '$'), "\n") | endif
  endfor
  return ''
endfunc

" What the user types when ALE asks for the number of a fix, or for a new name.
packadd ale
runtime autoload/ale/util.vim
let s:answer = ''
func! ale#util#Input(...) abort
  return s:answer
endfunc

func! s:Session() abort
  execute 'edit' fnameescape($SAMPLE . '/Dockerfile')
  call s:Check(&filetype is# 'dockerfile', 'the file type is dockerfile')
  call s:Need(s:Wait({-> s:HasFinding('`npm ci` re-runs on every source edit')}), 'diagnostics arrive')
  call s:Check(s:HasFinding('no cache mount keeps /root/.npm'), 'among them that the install downloads again')
  call search('^RUN npm ci', 'w')
  ALEHover
  call s:Check(s:Wait({-> s:PreviewText() =~# 'Cache key inputs'}), 'hover lists the cache key inputs')
  call s:Check(s:PreviewText() =~# 'npm ci', 'among them the instruction')
  pclose
  call search('^COPY \. \.', 'w')
  let s:answer = '1'
  ALECodeAction
  let l:expected = readfile($NOTES . '/expected')
  call s:Need(s:Wait({-> getline(1, '$') == l:expected}), 'the fix changes the buffer')
  silent write
  call s:Check(s:Wait({-> !s:HasFinding('re-runs on every source edit')}), 'its diagnostic is gone')
  call search('GIT_SHA', 'w')
  let s:answer = 'GIT_COMMIT'
  ALERename
  call s:Check(s:Wait({-> search('GIT_SHA', 'nw') == 0 && search('revision=$GIT_COMMIT', 'nw') > 0}),
        \ 'rename changes the argument where it is declared and where it is used')
endfunc

filetype plugin on
source $CONFIGURATION
try
  call s:Session()
catch
  call s:Check(0, 'the session runs to its end: ' . v:exception . ' at ' . v:throwpoint)
  call s:Say('# ' . join(s:Texts(), "\n# "))
endtry
ALEStopAllLSPs
execute s:failures ? 'cquit!' : 'qall!'
