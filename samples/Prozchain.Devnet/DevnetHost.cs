using Prozchain.Devnet.Reporting;
using Prozchain.Devnet.Workloads;
using Prozchain.Rollups.Finality;

namespace Prozchain.Devnet;

/// <summary>The run command: sets a run up, shows it, and turns how it ended into an exit code and, if need be, one sentence.</summary>
internal static class DevnetHost
{
    public static async Task<int> RunAsync(DevnetOptions options, CancellationToken cancellationToken)
    {
        if (options.Check() is { } wrong) return await FailAsync(ExitCodes.Unusable, wrong).ConfigureAwait(false);
        var statistics = new RunStatistics();
        try
        {
            using var wallets = new WalletBook(options.Seed, options.Rollup != FinalityMode.Optimistic);
            WorkloadScan scan = await WorkloadScan.ReadAsync(options, wallets, cancellationToken).ConfigureAwait(false);
            if (options.File is not null && !File.Exists(options.File)) throw new RunUnusableException($"Cannot read the file '{options.File}': it does not exist or is no file.");
            if (options.Model is not null) (await ModelSource.OpenAsync(options, cancellationToken).ConfigureAwait(false)).Dispose();
            // Found out now, not after hours.
            if (options.Report is not null) CheckWritable(options.Report);
            using var folder = new RunFolder(options, scan.FileDigest);
            RunSummary? summary = null;
            while (summary is null)
            {
                try
                {
                    summary = await RunView.ShowAsync(statistics, view =>
                        new DevnetRun(options, folder, scan, wallets, statistics, view).RunAsync(cancellationToken)).ConfigureAwait(false);
                }
                catch (InjectedCrashException crash)
                {
                    Console.WriteLine(FormattableString.Invariant($"crash {crash.Number}: the log tore after round {statistics.Rounds}; the chains are opened again from it"));
                    // As a new process would: nothing is known but what the folder holds.
                    statistics = new RunStatistics();
                    wallets.Forget();
                }
            }
            SummaryText.Write(Console.Out, statistics, summary);
            if (folder.Crashes is { Done: > 0 } crashes) Console.WriteLine(FormattableString.Invariant($"Faults: {crashes.Done} crashes survived, seed {options.Faults}; the totals are those of a run without"));
            if (options.Report is not null) JsonReport.Write(options.Report, options, statistics, summary);
            return ExitCodes.Success;
        }
        catch (RunUnusableException e)
        {
            return await FailAsync(ExitCodes.Unusable, e.Message).ConfigureAwait(false);
        }
        catch (RunBrokenException e)
        {
            return await FailAsync(ExitCodes.Broken, $"The run is broken: {e.Message}.").ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            string next = options.Data is null ? "Nothing was kept: give --data to be able to resume." : $"The same command goes on from here, with --data {options.Data}.";
            return await FailAsync(ExitCodes.Interrupted, FormattableString.Invariant($"Stopped after round {statistics.Rounds}. {next}")).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return await FailAsync(ExitCodes.Unusable, $"A file could not be read or written: {e.Message}").ConfigureAwait(false);
        }
    }

    private static void CheckWritable(string path)
    {
        using FileStream file = File.Open(path, FileMode.OpenOrCreate, FileAccess.Write);
    }

    private static async Task<int> FailAsync(int code, string sentence)
    {
        await Console.Error.WriteLineAsync(sentence).ConfigureAwait(false);
        return code;
    }
}
