;;; The main job as a user of eglot meets it; see emacs_session.el.  -*- lexical-binding: t -*-
(load (expand-file-name "emacs_session" (file-name-directory load-file-name)) nil t)
(require 'eglot)
(require 'flymake)
(setq eglot-confirm-server-initiated-edits nil eglot-autoshutdown nil eglot-connect-timeout 120)

(defun findings ()
  (mapconcat #'flymake-diagnostic-text (flymake-diagnostics) "\n"))

(defun has-finding (words)
  (flymake-start)
  (string-match-p (regexp-quote words) (findings)))

(defun hover ()
  (let (text)
    (eglot-hover-eldoc-function (lambda (shown &rest _) (setq text (and shown (substring-no-properties shown)))))
    (session-wait (lambda () text))))

;; What the user picks in the menu of fixes.
(defun choose-fix (words)
  (let ((completing-read-function
         (lambda (_prompt choices &rest _)
           (let ((titles (all-completions "" choices)))
             (or (cl-find-if (lambda (title) (string-match-p words title)) titles)
                 (error "Not offered, but: %S" titles)))))
        (last-nonmenu-event ?x))
    (call-interactively #'eglot-code-actions)))

(defun what-if (path)
  (or (jsonrpc-request (eglot-current-server) :workspace/executeCommand
                       `(:command "keyline.whatIf"
                         :arguments [(:uri ,(eglot--path-to-uri buffer-file-name) :paths [,path])]))
      ""))

(session-run
 (lambda ()
   (session-open)
   (session-need (session-wait (lambda () (and (eglot-current-server) (eglot-managed-p)))) "the server is attached")
   (session-need (session-wait (lambda () (has-finding "`npm ci` re-runs on every source edit"))) "diagnostics arrive")
   (session-check (has-finding "no cache mount keeps /root/.npm") "among them that the install downloads again")
   (session-go-to "RUN npm ci")
   (let ((text (or (hover) "")))
     (session-check (string-match-p "Cache key inputs" text) "hover lists the cache key inputs")
     (session-check (string-match-p "npm ci" text) "among them the instruction"))
   (session-go-to "COPY . .")
   (choose-fix "Copy package.json and package-lock.json")
   (session-need (session-wait (lambda () (string= (session-text) (session-expected)))) "the fix changes the buffer")
   (basic-save-buffer)
   (session-check (session-wait (lambda () (not (has-finding "re-runs on every source edit")))) "its diagnostic is gone")
   (session-go-to "GIT_SHA")
   (eglot-rename "GIT_COMMIT")
   (session-check (and (session-has "ARG GIT_COMMIT") (session-has "revision=$GIT_COMMIT") (not (session-has "GIT_SHA")))
                  "rename changes the argument where it is declared and where it is used")
   (session-check (string-match-p "npm ci" (what-if "package.json")) "the server's commands answer")
   (set-buffer-modified-p nil)
   (eglot-shutdown (eglot-current-server))
   (session-check (session-wait (lambda () (not (eglot-current-server)))) "the server stops when asked")))
