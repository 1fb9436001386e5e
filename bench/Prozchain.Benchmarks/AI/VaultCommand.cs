using System.Diagnostics;
using System.Globalization;
using Prozchain.AI.Ports;
using Prozchain.AI.Tests;
using Prozchain.AI.Vault;
using Prozchain.Benchmarks.Quick;

namespace Prozchain.Benchmarks.AI;

/// <summary>vault [GB] [--disk DIRECTORY]: a model of 10 GB or so many through the vault at its default parameters, and what memory that takes.</summary>
internal static class VaultCommand
{
    private const string Usage = "Usage: vault [GB] [--disk DIRECTORY]: stores, loads and repairs a model of so many GB, 10 if not said, without disks; with a directory, there too.";
    private const int Shards = 24, Samples = 30;

    private static double s_memcpy;

    /// <summary>Prints a table; 2 when the command line is wrong.</summary>
    public static int Run(ReadOnlySpan<string> args)
    {
        double gigabytes = 10;
        string? disk = null;
        bool isRight = true;
        if (!args.IsEmpty && double.TryParse(args[0], CultureInfo.InvariantCulture, out double given))
        {
            gigabytes = given;
            args = args[1..];
        }
        if (args is ["--disk", string path]) disk = path;
        else isRight = args.IsEmpty;
        if (!isRight || gigabytes is not (> 0.001 and < 1000))
        {
            Console.Error.WriteLine(Usage);
            return 2;
        }
        long size = (long)(gigabytes * 1e9) / 2 * 2;
        Console.WriteLine(Machine.Read());
        s_memcpy = Memcpy();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"memcpy {s_memcpy:F2} GB/s; {size * 1e-9:F2} GB of bf16; peaks are of the process, from the beginning of the row"));
        Console.WriteLine("| item | value | ratio to memcpy | peak resident | floor | aim |");
        Console.WriteLine("|---|---|---|---|---|---|");
        WithoutDisks(size);
        if (disk is not null) OnDisk(size, disk);
        return 0;
    }

    private static void WithoutDisks(long size)
    {
        var stores = new SparePieceStore[Shards];
        for (int i = 0; i < Shards; i++) stores[i] = new SparePieceStore { Forgets = true };
        Measure("store, pieces dropped", size, 0.5, 1.7, () => Store(new ModelVault(stores), new WeightModel(size)));
        // Four stripes are in memory, and read over and over.
        foreach (SparePieceStore store in stores) store.Forgets = false;
        var vault = new ModelVault(stores);
        ModelManifest manifest = Store(vault, new WeightModel(size, repeats: true));
        Measure("load, pieces in memory", size, 0.8, 2, () => Expect(VaultStatus.Intact, vault.ReadAsync(manifest, Stream.Null)));
        for (int i = 0; i < Shards; i += 3) stores[i].IsLost = stores[i].Forgets = true;
        Measure("load, 8 of 24 shards lost, pieces in memory", size, 0.8, 2, () => Expect(VaultStatus.Degraded, vault.ReadAsync(manifest, Stream.Null)));
        Measure("repair 8 of 24 shards, pieces in memory", size, 0.6, 1.7, () => Expect(VaultStatus.Repaired, vault.RepairAsync(manifest)));
        Answer("audit answer, 30 samples, pieces in memory", manifest, stores[1]);
    }

    private static void OnDisk(long size, string path)
    {
        string root = Path.Combine(path, $"prozchain-vault-{Environment.ProcessId}");
        string Shard(int i) => Path.Combine(root, $"shard-{i:D2}");
        try
        {
            DirectoryPieceStore[] stores = [.. Enumerable.Range(0, Shards).Select(i => new DirectoryPieceStore(Shard(i), flushToDevice: false))];
            var vault = new ModelVault(stores);
            ModelManifest manifest = null!;
            Measure("store, with disk", size, 0, 0, () => manifest = Store(vault, new WeightModel(size)));
            Say("bytes stored with parity", $"{manifest.Geometry.StoredRatio:F4} x raw", null, null, "1.00", "0.99");
            Measure("load, with disk", size, 0, 0, () => Expect(VaultStatus.Intact, vault.ReadAsync(manifest, Stream.Null)));
            Answer("audit answer, 30 samples, with disk", manifest, stores[1]);
            for (int i = 0; i < Shards; i += 3) Directory.Delete(Path.Combine(Shard(i), "pieces"), recursive: true);
            Measure("repair 8 of 24 shards, with disk", size, 0, 0, () => Expect(VaultStatus.Repaired, vault.RepairAsync(manifest)));
        }
        finally
        {
            if (Directory.Exists(root)) Directory.Delete(root, recursive: true);
        }
    }

    private static void Answer(string item, ModelManifest manifest, IPieceStore store)
    {
        // The median of three beacons, behind one that warms up.
        var seconds = new double[4];
        for (int i = 0; i < seconds.Length; i++)
        {
            var challenge = new AuditChallenge(Seeded.Bytes(32, i), manifest.AuditRoot.Span, 1, Samples, 1, 10);
            long start = Stopwatch.GetTimestamp();
            AuditProof proof = AuditProver.AnswerAsync(challenge, manifest, store).AsTask().GetAwaiter().GetResult();
            seconds[i] = Stopwatch.GetElapsedTime(start).TotalSeconds;
            if (proof.Missing.Count > 0) throw new InvalidOperationException($"Expected an answer, got {proof.Missing.Count} samples missing.");
        }
        Array.Sort(seconds, 1, 3);
        Say(item, string.Create(CultureInfo.InvariantCulture, $"{seconds[2] * 1e3:F1} ms"), null, null, "50", "10");
    }

    private static ModelManifest Store(ModelVault vault, WeightModel model)
    {
        using var source = new WeightStream(model);
        return vault.StoreAsync(source, "model").AsTask().GetAwaiter().GetResult();
    }

    private static void Expect(VaultStatus expected, ValueTask<VaultReport> operation)
    {
        VaultReport report = operation.AsTask().GetAwaiter().GetResult();
        if (report.Status != expected) throw new InvalidOperationException($"Expected a model that is {expected}, got {report.Status}.");
    }

    private static void Measure(string item, long bytes, double floor, double aim, Action run)
    {
        ResidentPeak.Reset();
        long start = Stopwatch.GetTimestamp();
        run();
        double rate = bytes * 1e-9 / Stopwatch.GetElapsedTime(start).TotalSeconds;
        Say(item, string.Create(CultureInfo.InvariantCulture, $"{rate:F3} GB/s"), rate / s_memcpy, ResidentPeak.Read(), Goal(floor), Goal(aim));
    }

    private static string Goal(double value) => value == 0 ? "" : value.ToString(CultureInfo.InvariantCulture);

    private static void Say(string item, string value, double? ratio, long? peak, string floor, string aim) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture, $"| {item} | {value} | {ratio:0.000}{(ratio is null ? "" : "x")} | {(peak is { } p ? $"{p * 1e-6:F0} MB" : "")} | {floor} | {aim} |"));

    private static double Memcpy()
    {
        byte[] from = new byte[64 << 20], to = new byte[64 << 20];
        var body = new QuickBody(() => from.AsSpan().CopyTo(to), from.Length * 1e-9);
        return body.Amount / QuickMeter.Measure(body).Seconds;
    }
}
