/* errors unwind through the host: see host.h */
