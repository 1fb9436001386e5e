using System.Numerics;
using Prozchain.Rollups.Zk.Circuit;
using Prozchain.Zk.Air;
using Prozchain.Zk.Airs;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Rollups.Zk.Proving;

/// <summary>Writes the tables of a segment that has been executed: those of the posted bytes, the signatures, and those that answer.</summary>
/// <typeparam name="TCells">The permutation.</typeparam>
internal static class SegmentWriter<TCells> where TCells : struct, IPermutationCells<F>
{
    private const int Least = BatchCircuit<TCells>.LeastLogRows;

    /// <summary>The early tables, made anew each time.</summary>
    public static (Trace<F> Accounts, Trace<F> Cells) Early(SegmentRun<TCells> run, Span<uint> asked) =>
        (TokenAir.Accounts.Generate(run.AccountTokens, (uint)run.Number, asked, Least), TokenAir.Cells.Generate(run.CellTokens, (uint)run.Number, asked, Least));

    /// <summary>All tables, with their public values. Those that the run holds are given away.</summary>
    /// <exception cref="ArgumentException">The values that a signature shows do not lead to the key.</exception>
    public static (Trace<F>[] Traces, F[][] PublicValues) Write(SegmentRun<TCells> run, PostedSource batch, int threads)
    {
        int count = Enum.GetValues<SegmentTable>().Length;
        (Trace<F>[] traces, F[][] publicValues) = (new Trace<F>[count], new F[count][]);
        Array.Fill(publicValues, []);
        uint[] asked = [.. run.Asked], powers = new uint[Pow10Air.MaxExponent + 1];
        var asks = new CompressionAsks<TCells>();
        asks.Add(run.Asks);
        foreach ((SegmentTable table, Trace<F> trace, F[] values) in run.Tables) Put(table, trace, values);
        (Trace<F> accounts, Trace<F> cells) = Early(run, asked);
        F[] number = [F.FromUInt32((uint)run.Number)];
        Put(SegmentTable.AccountTokens, accounts, number);
        Put(SegmentTable.CellTokens, cells, number);
        WriteBytes();
        WritePayments();
        WriteSignatures();
        Put(SegmentTable.Compressions, asks.Generate(Least, threads), []);
        Put(SegmentTable.Ranges, new RangeTableAir(Limbs.Bits).Generate<F>(asked), []);
        return (traces, publicValues);

        void Put(SegmentTable table, Trace<F> trace, F[] values) => (traces[(int)table], publicValues[(int)table]) = (trace, values);

        void WriteBytes()
        {
            SegmentCut cut = run.Cut;
            byte[] bytes = batch.Bytes.ToArray();
            var sponge = new SpongeWriter<F>(batch.Bytes, cut.Start, cut.End, run.Number == 1, Least, batch.ReadEnd);
            Put(SegmentTable.Sponge, sponge.Sponge, sponge.PublicValues);
            Put(SegmentTable.SpongeLanes, sponge.Lanes, []);
            Put(SegmentTable.Keccak, KeccakInput.Describe<F>(sponge.Asked.ToArray(), threads), []);
            List<PostedRow> rows = batch.Rows.GetRange(cut.First, cut.Count);
            List<List<FieldSpan>> spans = batch.Spans.GetRange(cut.First, cut.Count);
            // A fault was shown before the first row that is not there, and before what follows one that has it.
            bool failed = !batch.HasHead || (cut.First > batch.Fields.Count);
            int start = Math.Max(batch.Shown, Math.Min(cut.Start, batch.ReadEnd)), transaction = (int)batch.First + Math.Min(cut.First, batch.Fields.Count);
            var parser = new ParserWriter<F>(bytes, rows.ToArray(), start, transaction, batch.IsLive, asked, Least, failed);
            Put(SegmentTable.Parser, parser.Trace, parser.PublicValues);
            var fullRows = new FullRowWriter<F>(bytes, rows, spans, batch.Exponent, transaction, batch.IsLive, asked, Least, cut.Carried.Limbs());
            Put(SegmentTable.FullRows, fullRows.Trace, fullRows.PublicValues);
            Put(SegmentTable.AmountFault, rows.Count == 0 ? AmountFaultWriter.None<F>() : AmountFaultWriter.Of<F>(bytes, rows[^1], spans[^1], batch.Exponent, transaction + rows.Count - 1, asked), []);
        }

        void WritePayments()
        {
            SegmentCut cut = batch.IsLive ? run.Cut : default;
            var payments = new PaymentWriter(batch.Exponent, asked, powers);
            Put(SegmentTable.Payments, payments.Generate(batch.Fields.GetRange(cut.First, cut.Count).ToArray(), batch.First + (uint)cut.First, cut.Carried.Numbers, out F[] values, Least, run.Acts), values);
            Put(SegmentTable.WideAmounts, WideAmountWriter.Generate(payments.WideAmounts, asked, Least), []);
            Put(SegmentTable.Tails, TailAir.Generate(batch.Tails(cut.First, cut.Count), asked, Least), []);
            Put(SegmentTable.Powers, Pow10Air.Generate(powers), []);
            Put(SegmentTable.Messages, MessageAir<TCells>.Generate(run.Writer.Messages.ToArray(), asks, Least), []);
        }

        void WriteSignatures()
        {
            SignatureWitness[] signatures = [.. run.Signatures];
            Put(SegmentTable.Signatures, SignatureWriter.Generate(signatures, asks, Least), []);
            int share = Share(signatures);
            Put(SegmentTable.OneTimeKeys, OneTimeKeyWriter<TCells>.Generate(signatures.AsMemory(0, share), Least, threads), []);
            Put(SegmentTable.OneTimeKeysRest, OneTimeKeyWriter<TCells>.Generate(signatures.AsMemory(share), Least, threads), []);
        }
    }

    /// <summary>How many signatures go to the first of two tables: half of the rows that one would have, if the rest fits into half as many; else all.</summary>
    public static int Share(ReadOnlySpan<SignatureWitness> signatures)
    {
        int total = 0, first = 0, rows = 0;
        foreach (SignatureWitness signature in signatures) total += OneTimeKeyAir<TCells>.Rows(signature.Height);
        int half = (int)BitOperations.RoundUpToPowerOf2((uint)total) / 2;
        while (first < signatures.Length && rows + OneTimeKeyAir<TCells>.Rows(signatures[first].Height) <= half) rows += OneTimeKeyAir<TCells>.Rows(signatures[first++].Height);
        return total - rows <= half / 2 ? first : signatures.Length;
    }
}
