using Prozchain.Rollups.Zk.Signatures;
using Prozchain.Zk.Air;
using Prozchain.Zk.Airs;
using static Prozchain.Rollups.Zk.Circuit.OneTimeKeyColumns;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Rollups.Zk.Circuit;

/// <summary>Writes the trace of <see cref="OneTimeKeyAir{TCells}"/>, sixteen signatures at a time.</summary>
/// <typeparam name="TCells">The permutation.</typeparam>
internal static class OneTimeKeyWriter<TCells> where TCells : struct, IPermutationCells<F>
{
    private const int Lanes = 16;

    /// <summary>The signatures one behind the other, in order. Several tables may share them out.</summary>
    /// <param name="signatures">Signatures that verify.</param>
    /// <param name="logRows">log2 of the fewest rows.</param>
    /// <param name="threads">How many may work.</param>
    /// <exception cref="ArgumentException">The values of a signature do not lead to its root.</exception>
    public static Trace<F> Generate(ReadOnlyMemory<SignatureWitness> signatures, int logRows = 0, int threads = 1)
    {
        var starts = new int[signatures.Length];
        int rows = 0;
        for (int i = 0; i < starts.Length; i++)
        {
            starts[i] = rows;
            rows += OneTimeKeyAir<TCells>.Rows(signatures.Span[i].Height);
        }
        var trace = new Trace<F>(OneTimeKeyAir<TCells>.Width, CircuitRows.Height(rows, logRows));
        var isRight = new bool[starts.Length];
        Parallel.For(0, (starts.Length + Lanes - 1) / Lanes, new ParallelOptions { MaxDegreeOfParallelism = threads }, group =>
        {
            ReadOnlySpan<SignatureWitness> some = signatures.Span[(Lanes * group)..Math.Min(Lanes * (group + 1), signatures.Length)];
            var run = new OneTimeKeyRun<TCells>(some);
            for (int lane = 0; lane < some.Length; lane++)
            {
                isRight[Lanes * group + lane] = run.Root(lane, some[lane].Height).SequenceEqual(some[lane].Root.Span);
                Write(trace, starts[Lanes * group + lane], some[lane], run, lane);
            }
        });
        int wrong = Array.IndexOf(isRight, false);
        if (wrong >= 0) throw new ArgumentException($"Expected values that lead to the root, got others in signature {signatures.Span[wrong].Number}.", nameof(signatures));
        PermutationCells.FillRows<TCells, F>(trace, In, Cells, 0, StateElements, threads);
        return trace;
    }

    private static void Write(Trace<F> trace, int row, SignatureWitness signature, OneTimeKeyRun<TCells> run, int lane)
    {
        F index = F.FromUInt32(signature.Index);
        ReadOnlySpan<byte> digits = signature.Digits.Span;
        int steps = 0;
        for (int pair = 0; pair < Pairs; pair++)
        {
            int first = HashSignature.Places - 1 - digits[2 * pair], second = HashSignature.Places - 1 - digits[2 * pair + 1];
            for (int i = 0; i < first + second; i++, row++)
            {
                bool isFirst = i < first;
                int chain = isFirst ? 2 * pair : 2 * pair + 1, place = isFirst ? digits[chain] + i : digits[chain] + i - first;
                trace[isFirst ? StepA : StepB, row] = F.One;
                Put(trace, In, row, run.StepInput(lane, steps++));
                Put(trace, In + ValueElements, row, signature.Parameter.Span);
                trace[In + 8, row] = index;
                trace[In + 9, row] = OneTimeLanes<TCells>.ChainTag(chain, place);
                WritePair(row, pair, isFirst ? i + 1 : first, isFirst ? 0 : i + 1 - first);
                if (!isFirst) Put(trace, End, row, run.EndOf(lane, 2 * pair));
            }
            trace[Absorb, row] = F.One;
            Put(trace, In, row, run.State(lane, pair));
            Put(trace, In + StateElements, row, run.EndOf(lane, 2 * pair));
            Put(trace, In + StateElements + ValueElements, row, run.EndOf(lane, 2 * pair + 1));
            Put(trace, End, row, run.EndOf(lane, 2 * pair));
            WritePair(row++, pair, first, second);
        }
        uint rest = signature.Index;
        for (int level = 0; level < signature.Height; level++, rest /= HashSignature.Arity, row++)
        {
            uint place = rest % HashSignature.Arity;
            trace[Climb, row] = F.One;
            trace[Signature, row] = F.FromUInt32(signature.Number);
            trace[Place, row] = F.FromUInt32((uint)level);
            trace[KeyIndex, row] = F.FromUInt32(rest);
            (trace[CountA, row], trace[CountB, row]) = (F.FromUInt32(place == 1 ? 1u : 0), F.FromUInt32(place == 2 ? 1u : 0));
            Put(trace, Hash, row, run.State(lane, Pairs + level));
            Put(trace, In, row, run.Children(lane, level));
            trace[In + 15, row] = F.FromUInt32(HashSignature.NodeKind + (uint)level);
        }

        void WritePair(int at, int pair, int countA, int countB)
        {
            trace[Signature, at] = F.FromUInt32(signature.Number);
            trace[Place, at] = F.FromUInt32((uint)pair);
            Put(trace, Parameter, at, signature.Parameter.Span);
            trace[KeyIndex, at] = index;
            Put(trace, Hash, at, run.State(lane, pair));
            (trace[CountA, at], trace[CountB, at]) = (F.FromUInt32((uint)countA), F.FromUInt32((uint)countB));
        }
    }

    private static void Put(Trace<F> trace, int column, int row, ReadOnlySpan<F> elements)
    {
        for (int i = 0; i < elements.Length; i++) trace[column + i, row] = elements[i];
    }
}
