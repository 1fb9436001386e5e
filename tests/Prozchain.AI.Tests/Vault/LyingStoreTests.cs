using Prozchain.AI.Formats;
using Prozchain.AI.Ports;
using Prozchain.AI.Vault;

namespace Prozchain.AI.Tests.Vault;

/// <summary>Stores that answer with something else than they hold, and what an operation over all of them makes of it.</summary>
public class LyingStoreTests
{
    private static readonly byte[] s_file = GeneratedStream.Bytes(4 * SmallVault.Stripe + 60, 33);

    private readonly LyingStore[] _stores = [.. Enumerable.Range(0, 6).Select(_ => new LyingStore())];
    private readonly ModelVault _vault;

    public LyingStoreTests() => _vault = new ModelVault(_stores, SmallVault.Options);

    public static TheoryData<string> Lies => new("nothing written", "half written", "no length", "less", "more", "a million", "negative", "least", "another piece", "noise", "good at first");

    [Theory]
    [MemberData(nameof(Lies))]
    public async Task EveryOperation_AsManyStoresLieAsMay_FindsThemOut(string lie)
    {
        ModelManifest manifest = await _vault.StoreAsync(new MemoryStream(s_file), "model");
        _stores[1].Lie = _stores[4].Lie = lie;
        var output = new MemoryStream();
        VaultReport read = await _vault.ReadAsync(manifest, output);
        Assert.Equal(s_file, output.ToArray());
        Assert.True(read.IsComplete);
        Assert.All(read.Faults, f => Assert.Contains(f.Store, (int[])[1, 4]));

        using (IModelReader reader = await _vault.OpenAsync(manifest))
        {
            var bytes = new byte[s_file.Length];
            for (int i = 0; i < bytes.Length; i += 50) await reader.ReadAsync(i, bytes.AsMemory(i, Math.Min(50, bytes.Length - i)));
            Assert.Equal(s_file, bytes);
        }
        // Every one of their pieces, but for those that were good when they were asked for.
        VaultReport seen = await _vault.InspectAsync(manifest);
        if (lie == "good at first") Assert.All(seen.Faults, f => Assert.Contains(f.Store, (int[])[1, 4]));
        else Assert.Equal((VaultStatus.Degraded, 2 * manifest.Geometry.StripeCount), (seen.Status, seen.Faults.Count));

        // They take what a repair puts back, and go on lying: the next look finds that too.
        VaultReport repaired = await _vault.RepairAsync(manifest);
        Assert.True(repaired.IsComplete);
        if (lie != "good at first") Assert.Equal(seen.Faults, (await _vault.InspectAsync(manifest)).Faults);
        var challenge = new AuditChallenge(new byte[32], manifest.AuditRoot.Span, 1, 20, 0, 1);
        AuditProof proof = await AuditProver.AnswerAsync(challenge, manifest, _stores[1]);
        if (lie != "good at first") Assert.Equal(20, proof.Missing.Count);
        ModelManifest moved = await _vault.MoveAsync(manifest, ShardTable.Equal(6, epoch: 2), keptPieces: 4);
        await _vault.PruneAsync(manifest);
        _stores[1].Lie = _stores[4].Lie = null;
        Assert.Equal(VaultStatus.Intact, (await _vault.InspectAsync(moved)).Status);
    }

    [Fact]
    public async Task Store_ThatForgetsWhatItTook_IsFoundByInspectionAndRepaired()
    {
        _stores[2].Forgets = true;
        ModelManifest manifest = await _vault.StoreAsync(new MemoryStream(s_file), "model");
        VaultReport seen = await _vault.InspectAsync(manifest);
        Assert.Equal(manifest.Geometry.StripeCount, seen.Faults.Count);
        Assert.All(seen.Faults, f => Assert.Equal((2, PieceFaultKind.Missing), (f.Store, f.Kind)));
        _stores[2].Forgets = false;
        Assert.Equal(VaultStatus.Repaired, (await _vault.RepairAsync(manifest)).Status);
        Assert.Equal(VaultStatus.Intact, (await _vault.InspectAsync(manifest)).Status);
    }

    [Fact]
    public async Task Repair_StoreLosesEverythingAtAnyMomentOfIt_LeavesAModelThatTheNextOneMakesWhole()
    {
        ModelManifest manifest = await _vault.StoreAsync(new MemoryStream(s_file), "model");
        int calls = manifest.Geometry.StripeCount * 6;
        for (int moment = 0; moment < calls; moment++)
        {
            _stores[3].Inner.Clear();
            int seen = 0;
            // A second one, while the first is being repaired.
            foreach (LyingStore store in _stores) store.OnCall = () => { if (Interlocked.Increment(ref seen) == moment + 1) _stores[0].Inner.Clear(); };
            VaultReport report = await _vault.RepairAsync(manifest);
            Assert.True(report.IsComplete);
            foreach (LyingStore store in _stores) store.OnCall = null;
            Assert.True((await _vault.RepairAsync(manifest)).IsComplete);
            Assert.Equal(VaultStatus.Intact, (await _vault.InspectAsync(manifest)).Status);
        }
    }

    private sealed class LyingStore : IPieceStore
    {
        private readonly HashSet<PieceKey> _asked = [];

        public System.Collections.Concurrent.ConcurrentDictionary<PieceKey, byte[]> Inner { get; } = new();

        public string? Lie { get; set; }

        public bool Forgets { get; set; }

        public Action? OnCall { get; set; }

        public ValueTask PutAsync(PieceKey key, ReadOnlyMemory<byte> piece, CancellationToken cancellationToken)
        {
            OnCall?.Invoke();
            if (!Forgets) Inner[key] = piece.ToArray();
            return ValueTask.CompletedTask;
        }

        public ValueTask<long?> GetAsync(PieceKey key, Memory<byte> destination, CancellationToken cancellationToken)
        {
            OnCall?.Invoke();
            if (!Inner.TryGetValue(key, out byte[]? piece)) return ValueTask.FromResult<long?>(null);
            long? length = piece.Length;
            switch (Lie)
            {
                case "nothing written": piece = []; break;
                case "half written": piece = piece[..(piece.Length / 2)]; break;
                case "no length": length = null; break;
                case "less": length--; break;
                case "more": length++; break;
                case "a million": length = 1_000_000; break;
                case "negative": length = -length; break;
                case "least": length = long.MinValue; break;
                case "another piece": piece = Inner.FirstOrDefault(p => p.Key != key && p.Value.Length == length).Value ?? []; break;
                case "noise": piece = GeneratedStream.Bytes(piece.Length, 5); break;
                case "good at first":
                    lock (_asked)
                        if (!_asked.Add(key)) piece = new byte[piece.Length];
                    break;
            }
            // What was there before is not the piece either.
            if (Lie is "nothing written" or "half written") destination.Span.Clear();
            piece.AsSpan(0, Math.Min(piece.Length, destination.Length)).CopyTo(destination.Span);
            return ValueTask.FromResult(length);
        }

        public ValueTask<bool> DeleteAsync(PieceKey key, CancellationToken cancellationToken) => ValueTask.FromResult(Inner.TryRemove(key, out _));

        public ValueTask<bool> ExistsAsync(PieceKey key, CancellationToken cancellationToken) => ValueTask.FromResult(Inner.ContainsKey(key));
    }
}
