using System.Buffers;
using Prozchain.Rollups.Derivation;
using Prozchain.Rollups.Transition;
using Prozchain.Rollups.Zk.Circuit;
using Prozchain.Rollups.Zk.Proving;
using Prozchain.Testing;
using Tracer = Prozchain.Rollups.Zk.Proving.BatchTracer<Prozchain.Rollups.Zk.Tests.Proving.OracleCells, Prozchain.Rollups.Zk.Tests.Proving.OracleCells>;

namespace Prozchain.Rollups.Zk.Tests.Proving;

/// <summary>What a prover is told may be anything: it does not throw, and traces what the native rules do, or nothing.</summary>
public sealed class HostileInputTests(ITestOutputHelper output)
{
    private readonly Dictionary<TracerResult, int> _results = [];
    private readonly SignedRollup<OracleCells> _rollup = new(12);
    private int _unsigned, _missing;

    [Fact]
    public void MutatedBytes_AreTracedAsNatively_OrRefused()
    {
        var random = new SeededRandom(TestSettings.Seed + 20);
        ProverInput[] inputs = [.. Batches(random, 8, 4).Select(batch => _rollup.Input(batch, random.Next(1, 9)))];
        byte[][] seeds = [.. inputs.Select(SignedRollup<OracleCells>.Write)];
        HostileBytes.Feed(seeds, bytes =>
        {
            if (ProverInput.TryRead(bytes.ToArray(), out ProverInput? input)) Judge(input!);
        }, TestSettings.Scale(600, 60_000), random.Next());
        var other = new Random(random.Next());
        for (int i = 0; i < TestSettings.Scale(600, 60_000); i++) Judge(MutatePart(inputs[i % inputs.Length], inputs[random.Next(inputs.Length)], other));
        Print();
    }

    [Fact]
    public void StateThatLies_IsTracedAsNatively_OrRefused()
    {
        var random = new SeededRandom(TestSettings.Seed + 21);
        var lies = new LyingState<OracleCells>(_rollup, random);
        foreach (SignedBatch batch in Batches(random, TestSettings.Scale(20, 500), 6))
        {
            ProverInput input = _rollup.Input(batch, random.Next(1, 9));
            for (int i = 0; i < 12; i++)
                if (lies.Change(input, batch) is { } lie) Judge(lie);
        }
        Print();
        Assert.Superset(new HashSet<TracerResult> { TracerResult.Ok, TracerResult.WrongState, TracerResult.WrongSignature }, _results.Keys.ToHashSet());
    }

    private IEnumerable<SignedBatch> Batches(SeededRandom random, int count, int rows)
    {
        var batches = new RandomBatches<OracleCells>(_rollup, random);
        for (int i = 0; i < count; i++) yield return batches.Next(random.Next(1, rows), random.Next(4));
    }

    private void Judge(ProverInput input)
    {
        TracerResult result = Tracer.TryOpen(input, _rollup.BatchRules, out Tracer? tracer);
        Assert.Equal(result == TracerResult.Ok, tracer is not null);
        _results[result] = _results.GetValueOrDefault(result) + 1;
        if (tracer is null) return;
        // Natively a recipient that is not there is looked up as well.
        ExecutedBatch? native = _rollup.Execute(input);
        if (native is null)
        {
            _missing++;
            return;
        }
        Assert.Equal((native.PostRoot, native.ExitRoot, native.Verdict == BatchVerdict.Executed), (tracer.Statement.RootAfter, tracer.Statement.Effects().ExitRoot(), tracer.Statement.IsLive));
        Assert.DoesNotContain(TransitionStatus.CorruptState, native.Statuses.ToArray());
        TransitionStatus[] own = native.Statuses[native.ForcedCount..].ToArray();
        Assert.Equal(own.Select(status => status.IsValid()), tracer.Results.TakeLast(own.Length).Select(result => result < PaymentResult.UnknownParty));
        // The circuit's name is the verifier's to say.
        if (!_rollup.IsSigned(input with { Setup = default }))
        {
            _unsigned++;
            Assert.Throws<ArgumentException>(() => Enumerable.Range(1, tracer.Segments).Select(segment => tracer.Segment(segment)).ToList());
        }
        else if (_results[TracerResult.Ok] % 40 == 0) TracedTables.AssertAll(tracer, _rollup.BatchRules);
    }

    private static ProverInput MutatePart(ProverInput input, ProverInput other, Random random)
    {
        List<SignatureInput> signatures = [.. input.Signatures];
        List<ForcedInput> forced = [.. input.Forced];
        int at = random.Next(Math.Max(1, signatures.Count)), item = random.Next(Math.Max(1, forced.Count));
        switch (random.Next(11))
        {
            case 0: return SignedRollup<OracleCells>.With(input, HostileBytes.Mutate(input.Source.Span, random));
            case 1:
                var state = new ArrayBufferWriter<byte>();
                input.State.Write(state);
                return StateWitness.TryRead(HostileBytes.Mutate(state.WrittenSpan, random), out StateWitness witness) == WitnessReadResult.Ok ? input with { State = witness } : input;
            case 2 when signatures.Count > 0: signatures[at] = signatures[at] with { Sender = Flip(signatures[at].Sender, random) }; break;
            case 3 when signatures.Count > 0: signatures[at] = signatures[at] with { Sponsor = Flip(signatures[at].Sponsor, random) }; break;
            case 4 when signatures.Count > 0: signatures[at] = signatures[random.Next(signatures.Count)]; break;
            case 5 when signatures.Count > 0: signatures[at] = new(new byte[signatures[at].Sender.Length], default); break;
            case 6 when forced.Count > 0: forced[item] = forced[item] with { Data = HostileBytes.Mutate(forced[item].Data.Span, random) }; break;
            case 7 when forced.Count > 0: forced[item] = forced[item] with { IsDeposit = !forced[item].IsDeposit, Sender = forced[item].IsDeposit ? SignedRollup<OracleCells>.Anyone : SignedRollup<OracleCells>.Bridge }; break;
            case 8 when forced.Count > 0: forced.RemoveAt(item); break;
            case 9 when forced.Count > 0: forced.Insert(item, forced[random.Next(forced.Count)]); break;
            default: return random.Next(3) switch { 0 => input with { State = other.State, RootBefore = other.RootBefore }, 1 => SignedRollup<OracleCells>.With(input, other.Source.ToArray()) with { Signatures = other.Signatures }, _ => input with { Forced = other.Forced } };
        }
        return input with { Signatures = signatures, Forced = forced };
    }

    private static ReadOnlyMemory<byte> Flip(ReadOnlyMemory<byte> bytes, Random random)
    {
        byte[] flipped = bytes.ToArray();
        if (flipped.Length > 0) flipped[random.Next(flipped.Length)] ^= (byte)(1 << random.Next(8));
        return flipped;
    }

    private void Print() => output.WriteLine($"{string.Join(", ", _results.OrderBy(pair => pair.Key).Select(pair => $"{pair.Value} {pair.Key}"))}; {_unsigned} of them signed by nobody, {_missing} of less state than natively");
}
