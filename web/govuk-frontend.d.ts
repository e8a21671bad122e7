// GOV.UK Frontend is published without types; this is all of it that we touch.
declare module "govuk-frontend/dist/govuk/components/*" {
  interface ComponentClass {
    new (root: Element): object;
    readonly moduleName: string;
  }
  export const Button: ComponentClass;
  export const CharacterCount: ComponentClass;
  export const Checkboxes: ComponentClass;
  export const ErrorSummary: ComponentClass;
  export const PasswordInput: ComponentClass;
  export const Radios: ComponentClass;
  export const SkipLink: ComponentClass;
}
