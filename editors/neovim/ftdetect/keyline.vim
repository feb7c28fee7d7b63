" Names of Dockerfiles that Neovim does not know by itself, in some or all versions.
autocmd BufNewFile,BufRead *.dockerfile,*.containerfile,Containerfile,Containerfile.*,Dockerfile[-_.]* set filetype=dockerfile
" Neovim takes Dockerfile.dockerignore for a Dockerfile; it holds patterns.
autocmd BufNewFile,BufRead *.dockerignore set filetype=conf
