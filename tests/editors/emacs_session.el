;;; What the tests of both clients for Emacs share.  -*- lexical-binding: t -*-
;; run_emacs.sh loads this in batch mode with NOTES (a folder for the report), SAMPLE (a copy of the bundled service that
;; may be changed) and CONFIGURATION (the lines that our page on Emacs tells users to write).
(setq load-prefer-newer t)
(setq native-comp-deferred-compilation nil native-comp-jit-compilation nil)
(setq create-lockfiles nil make-backup-files nil inhibit-message t)
;; -Q leaves out what the system's packages bring.
(let ((default-directory "/usr/share/emacs/site-lisp/elpa/"))
  (when (file-directory-p default-directory) (normal-top-level-add-subdirs-to-load-path)))
(require 'cl-lib)
(require 'dockerfile-mode)

(defvar session-failures 0)

(defun session-say (text)
  (write-region (concat text "\n") nil (expand-file-name "report" (getenv "NOTES")) t 'quiet))

(defun session-check (condition name)
  (unless condition (cl-incf session-failures))
  (session-say (concat (if condition "ok - " "not ok - ") name))
  condition)

;; For what the rest depends on.
(defun session-need (condition name)
  (unless (session-check condition name) (error "The rest needs this: %s" name)))

;; Waiting is always for something; the limit only ends a broken run.
(defun session-wait (condition)
  (let ((end (+ (float-time) 120)) result)
    (while (and (not (setq result (funcall condition))) (< (float-time) end))
      (accept-process-output nil 0.05))
    result))

(defun session-go-to (text)
  (goto-char (point-min))
  (search-forward text)
  (goto-char (match-beginning 0)))

(defun session-text () (buffer-substring-no-properties (point-min) (point-max)))

(defun session-has (text) (string-match-p (regexp-quote text) (session-text)))

(defun session-expected ()
  (with-temp-buffer
    (insert-file-contents (expand-file-name "expected" (getenv "NOTES")))
    (buffer-string)))

;; A file's mode starts the server when the command loop comes by, which batch mode has not.
(defun session-open ()
  (load (getenv "CONFIGURATION") nil t t)
  (find-file (expand-file-name "Dockerfile" (getenv "SAMPLE")))
  (session-check (derived-mode-p 'dockerfile-mode) "the file's mode is dockerfile-mode")
  (run-hooks 'post-command-hook))

(defun session-run (session)
  (condition-case problem (funcall session)
    (error (session-check nil (format "the session runs to its end: %S" problem))))
  (kill-emacs (if (zerop session-failures) 0 1)))
