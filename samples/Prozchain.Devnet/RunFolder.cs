using System.Globalization;

namespace Prozchain.Devnet;

/// <summary>The folder a run keeps its logs and stores in: the one given, or a temporary one that goes with the run.</summary>
internal sealed class RunFolder : IDisposable
{
    private const int MostCrashes = 8;
    private const string SettingsFile = "settings.txt";

    private readonly bool _isTemporary;

    /// <exception cref="RunUnusableException">The folder cannot be made, or holds a run with other settings.</exception>
    public RunFolder(DevnetOptions options, string workloadDigest)
    {
        _isTemporary = options.Data is null;
        if (options.Faults is { } faults) Crashes = new CrashPlan(faults, MostCrashes);
        try
        {
            Path = options.Data is null ? Directory.CreateTempSubdirectory("prozchain-devnet-").FullName : Directory.CreateDirectory(options.Data).FullName;
            CheckSettings(options, workloadDigest);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RunUnusableException($"Cannot use the data folder '{options.Data}': {e.Message}");
        }
    }

    public string Path { get; }

    /// <summary>What goes wrong with the log; null if nothing does.</summary>
    public CrashPlan? Crashes { get; }

    public string Log => System.IO.Path.Combine(Path, "chain.log");

    public string Squares => System.IO.Path.Combine(Path, "squares");

    /// <summary>What the rollup's sequencer gave its word on.</summary>
    public string SequencerJournal => System.IO.Path.Combine(Path, "sequencer.journal");

    /// <summary>The same of who appends where the sequencer does not.</summary>
    public string StrangerJournal => System.IO.Path.Combine(Path, "stranger.journal");

    /// <summary>Proofs of batches, which no record of the beacon has room for.</summary>
    public string Proofs => System.IO.Path.Combine(Path, "proofs");

    public string Vault => System.IO.Path.Combine(Path, "vault");

    /// <summary>Pieces of the model, a folder for each shard.</summary>
    public string Model => System.IO.Path.Combine(Path, "model");

    public void Dispose()
    {
        if (_isTemporary) Directory.Delete(Path, recursive: true);
    }

    // A log only makes sense together with what decided its content.
    private void CheckSettings(DevnetOptions options, string workloadDigest)
    {
        string settings = string.Create(CultureInfo.InvariantCulture,
            $"workload={workloadDigest}\nshards={options.Shards}\nl2={options.L2Share}\nround={options.LinesPerRound}\nbatch={options.BatchSize}\nvalidators={options.Validators}\nseats={options.Seats}\nfund={options.Fund}\nseed={options.Seed}\nda={options.Availability}\nreshard={options.Reshard}\nlie={options.Lie}\ncensor={options.Censor}\nescape={options.Escape}\nwithdraw={options.Withdraw}\n");
        string path = System.IO.Path.Combine(Path, SettingsFile), unfinished = path + ".part";
        if (!File.Exists(path))
        {
            // On disk before the log says that anything was acknowledged: without it, the log could not be resumed.
            using (FileStream file = File.Create(unfinished))
            {
                file.Write(System.Text.Encoding.UTF8.GetBytes(settings));
                file.Flush(flushToDisk: true);
            }
            File.Move(unfinished, path);
            return;
        }
        string found = File.ReadAllText(path);
        if (found == settings) return;
        string[] theirs = found.Split('\n'), ours = settings.Split('\n');
        int different = Enumerable.Range(0, Math.Min(theirs.Length, ours.Length)).FirstOrDefault(i => theirs[i] != ours[i]);
        throw new RunUnusableException($"The data folder '{Path}' holds a run with other settings: expected {theirs[different]}, got {ours[different]}.");
    }
}
