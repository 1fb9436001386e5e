using System.Globalization;

namespace Prozchain.Devnet.Workloads;

/// <summary>What the generate command is told.</summary>
internal sealed record GeneratorOptions(
    long Lines, int Accounts, WorkloadDistribution Distribution, ulong MaxAmount, ulong Seed, bool Signed, int Swaps, string Output);

/// <summary>Writes a workload file of any size, streaming; the same options make the same transfers.</summary>
internal static class WorkloadGenerator
{
    public static async Task<int> RunAsync(GeneratorOptions options, CancellationToken cancellationToken)
    {
        string? wrong = options switch
        {
            { Lines: < 0 } => $"--lines must not be negative, got {options.Lines}.",
            { Accounts: < 2 or > 50_000_000 } => $"--accounts must be 2 to 50000000, got {options.Accounts}.",
            { Swaps: < 0 or > 100 } => $"--swaps must be 0 to 100 percent, got {options.Swaps}.",
            { Swaps: > 0, Signed: true } => "--swaps and --signed exclude each other: two wallets sign a swap when it runs.",
            { MaxAmount: < 1 or > long.MaxValue } => $"--max-amount must be 1 to 2^63 - 1, got {options.MaxAmount}.",
            _ => null,
        };
        if (wrong is not null)
        {
            await Console.Error.WriteLineAsync(wrong).ConfigureAwait(false);
            return ExitCodes.Unusable;
        }
        try
        {
            await WriteAsync(options, cancellationToken).ConfigureAwait(false);
            return ExitCodes.Success;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync($"Cannot write the workload file '{options.Output}': {e.Message}").ConfigureAwait(false);
            return ExitCodes.Unusable;
        }
        catch (OperationCanceledException)
        {
            return ExitCodes.Interrupted;
        }
    }

    private static async Task WriteAsync(GeneratorOptions options, CancellationToken cancellationToken)
    {
        var random = new SplitMix64(options.Seed);
        var senders = new AccountDraw(options.Distribution, options.Accounts);
        using var wallets = new WalletBook(options.Seed);
        var writer = new StreamWriter(options.Output) { NewLine = "\n" };
        await using (writer.ConfigureAwait(false))
        {
            await writer.WriteLineAsync(options.Signed ? "from,to,amount,nonce,validUntil,publicKey,signature" : "from,to,amount").ConfigureAwait(false);
            for (long i = 0; i < options.Lines; i++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                string from = Name(senders.Next(random)), to;
                do to = Name((int)random.Below(options.Accounts));
                while (to == from);
                ulong amount = 1 + (ulong)random.Below((long)options.MaxAmount);
                bool swaps = (i + 1) * options.Swaps / 100 > i * options.Swaps / 100;
                ulong back = swaps ? 1 + (ulong)random.Below((long)options.MaxAmount) : 0;
                string line = options.Signed ? wallets.SignedLine(from, to, amount, DevnetChain.GenesisTimeMs + DevnetChain.ValidityMs)
                    : swaps ? string.Create(CultureInfo.InvariantCulture, $"{from},{to},{amount}<>{back}")
                    : string.Create(CultureInfo.InvariantCulture, $"{from},{to},{amount}");
                await writer.WriteLineAsync(line).ConfigureAwait(false);
            }
        }
    }

    private static string Name(int account) => string.Create(CultureInfo.InvariantCulture, $"acct-{account:D6}");
}
