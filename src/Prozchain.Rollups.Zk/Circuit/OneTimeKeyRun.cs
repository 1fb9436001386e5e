using Prozchain.Rollups.Zk.Signatures;
using Prozchain.Zk.Airs;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Rollups.Zk.Circuit;

/// <summary>All values on the way from what up to sixteen signatures show to their roots, one a lane.</summary>
/// <typeparam name="TCells">The permutation.</typeparam>
internal sealed class OneTimeKeyRun<TCells> where TCells : struct, IPermutationCells<F>
{
    private const int Lanes = 16, Value = HashSignature.ValueElements, StateSize = OneTimeKeyColumns.StateElements, Pairs = OneTimeKeyColumns.Pairs;
    private const int ParameterRow = Value, IndexRow = 8, TagRow = 9, NodeTagRow = 15, ChildrenSize = HashSignature.Arity * Value;

    private readonly Compressor<TCells> _compressor = new();
    private readonly F[][] _values = new F[Lanes][], _stepInputs = new F[Lanes][], _states = new F[Lanes][], _children = new F[Lanes][];

    public OneTimeKeyRun(ReadOnlySpan<SignatureWitness> signatures)
    {
        for (int lane = 0; lane < signatures.Length; lane++)
        {
            int height = signatures[lane].Height;
            _values[lane] = signatures[lane].Values.ToArray();
            _stepInputs[lane] = new F[HashSignature.Steps * Value];
            _states[lane] = new F[(Pairs + height + 1) * StateSize];
            _children[lane] = new F[height * ChildrenSize];
        }
        Climb(signatures);
        Absorb(signatures);
        int levels = 0;
        foreach (SignatureWitness signature in signatures) levels = Math.Max(levels, signature.Height);
        for (int level = 0; level < levels; level++) Ascend(signatures, level);
    }

    /// <summary>What a step starts from, by its number within the signature.</summary>
    public ReadOnlySpan<F> StepInput(int lane, int step) => _stepInputs[lane].AsSpan(Value * step, Value);

    /// <summary>The end of a chain.</summary>
    public ReadOnlySpan<F> EndOf(int lane, int chain) => _values[lane].AsSpan(Value * chain, Value);

    /// <summary>The digest before a pair is absorbed, and from 32 on before a level is climbed.</summary>
    public ReadOnlySpan<F> State(int lane, int number) => _states[lane].AsSpan(StateSize * number, StateSize);

    /// <summary>What the values of a signature of so many levels lead to.</summary>
    public ReadOnlySpan<F> Root(int lane, int height) => State(lane, Pairs + height)[..Value];

    /// <summary>The three children of a node.</summary>
    public ReadOnlySpan<F> Children(int lane, int level) => _children[lane].AsSpan(ChildrenSize * level, ChildrenSize);

    // Every signature takes as many steps, so that all lanes take one in each run.
    private void Climb(ReadOnlySpan<SignatureWitness> signatures)
    {
        Span<int> chains = stackalloc int[Lanes], places = stackalloc int[Lanes];
        _compressor.Clear();
        for (int lane = 0; lane < signatures.Length; lane++)
        {
            for (int i = 0; i < HashSignature.ParameterElements; i++) _compressor.From(ParameterRow + i)[lane] = signatures[lane].Parameter.Span[i];
            _compressor.From(IndexRow)[lane] = F.FromUInt32(signatures[lane].Index);
            (chains[lane], places[lane]) = (0, signatures[lane].Digits.Span[0]);
        }
        for (int step = 0; step < HashSignature.Steps; step++)
        {
            Span<F> input = _compressor.From(0);
            for (int lane = 0; lane < signatures.Length; lane++)
            {
                while (places[lane] == HashSignature.Places - 1) places[lane] = signatures[lane].Digits.Span[++chains[lane]];
                Span<F> value = _values[lane].AsSpan(Value * chains[lane], Value);
                value.CopyTo(_stepInputs[lane].AsSpan(Value * step));
                for (int i = 0; i < Value; i++) input[Lanes * i + lane] = value[i];
                input[Lanes * TagRow + lane] = OneTimeLanes<TCells>.ChainTag(chains[lane], places[lane]++);
            }
            ReadOnlySpan<F> output = _compressor.Run(Value);
            for (int lane = 0; lane < signatures.Length; lane++)
                for (int i = 0; i < Value; i++) _values[lane][Value * chains[lane] + i] = output[Lanes * i + lane];
        }
    }

    private void Absorb(ReadOnlySpan<SignatureWitness> signatures)
    {
        for (int lane = 0; lane < signatures.Length; lane++)
        {
            Span<F> first = _states[lane];
            signatures[lane].Parameter.Span.CopyTo(first);
            (first[3], first[4]) = (F.FromUInt32(signatures[lane].Index), F.FromUInt32(HashSignature.LeafKind));
        }
        for (int pair = 0; pair < Pairs; pair++)
        {
            Span<F> input = _compressor.From(0);
            for (int lane = 0; lane < signatures.Length; lane++)
            {
                for (int i = 0; i < StateSize; i++) input[Lanes * i + lane] = State(lane, pair)[i];
                for (int i = 0; i < 2 * Value; i++) input[Lanes * (StateSize + i) + lane] = _values[lane][2 * Value * pair + i];
            }
            Keep(_compressor.Run(StateSize), pair + 1, signatures.Length);
        }
    }

    private void Ascend(ReadOnlySpan<SignatureWitness> signatures, int level)
    {
        Span<F> input = _compressor.From(0);
        int lanes = 0;
        for (int lane = 0; lane < signatures.Length; lane++)
        {
            if (level >= signatures[lane].Height) continue;
            lanes = lane + 1;
            uint place = signatures[lane].Index;
            for (int i = 0; i < level; i++) place /= HashSignature.Arity;
            place %= HashSignature.Arity;
            ReadOnlySpan<F> siblings = signatures[lane].Siblings.Span.Slice(2 * Value * level, 2 * Value);
            Span<F> children = _children[lane].AsSpan(ChildrenSize * level, ChildrenSize);
            for (int child = 0, sibling = 0; child < HashSignature.Arity; child++)
            {
                bool isOwn = child == place;
                (isOwn ? State(lane, Pairs + level)[..Value] : siblings.Slice(Value * sibling, Value)).CopyTo(children[(Value * child)..]);
                if (!isOwn) sibling++;
            }
            for (int i = 0; i < ChildrenSize; i++) input[Lanes * i + lane] = children[i];
        }
        _compressor.From(NodeTagRow)[..Lanes].Fill(F.FromUInt32(HashSignature.NodeKind + (uint)level));
        ReadOnlySpan<F> output = _compressor.Run(StateSize);
        for (int lane = 0; lane < lanes; lane++)
            if (level < signatures[lane].Height) KeepLane(output, Pairs + level + 1, lane);
    }

    private void Keep(ReadOnlySpan<F> output, int number, int lanes)
    {
        for (int lane = 0; lane < lanes; lane++) KeepLane(output, number, lane);
    }

    private void KeepLane(ReadOnlySpan<F> output, int number, int lane)
    {
        for (int i = 0; i < StateSize; i++) _states[lane][StateSize * number + i] = output[Lanes * i + lane];
    }
}
