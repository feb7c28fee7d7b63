" Patterns of .dockerignore: comments, what is hidden, and exceptions.
if exists('b:current_syntax')
  finish
endif
syntax match dockerignoreComment /^#.*/ contains=@Spell
syntax match dockerignoreException /^\s*!/
syntax match dockerignoreWildcard /[*?]\|\[[^]]*\]/
highlight default link dockerignoreComment Comment
highlight default link dockerignoreException Operator
highlight default link dockerignoreWildcard Special
let b:current_syntax = 'dockerignore'
