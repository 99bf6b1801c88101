import { Argument, type Command } from 'commander';
import type { CommandContext } from './context.ts';

export function declareCompletion(program: Command, { console }: CommandContext): void {
  program
    .command('completion')
    .description('print a script that completes commands, options and names in your shell')
    .addArgument(new Argument('<shell>', 'your shell').choices(['bash', 'zsh', 'fish']))
    .addHelpText(
      'after',
      '\nExamples:\n  source <(ork completion bash)      in ~/.bashrc' +
        '\n  source <(ork completion zsh)       in ~/.zshrc, below compinit' +
        '\n  ork completion fish > ~/.config/fish/completions/ork.fish',
    )
    .action(async (shell: string) => {
      const { packagedFile } = await import('../packaged-file.ts');
      await console.out(await packagedFile(`completion.${shell}`));
    });
  program
    .command('__complete', { hidden: true })
    .description('what the scripts of `ork completion` ask')
    .argument('[words...]', 'what stands after `ork`, up to the cursor')
    .action(async (words: string[]) => {
      const { answer, answerToText } = await import('../completion/answer.ts');
      await console.out(answerToText(await answer(program, words)));
    });
}
