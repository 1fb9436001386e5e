using Prozchain.Rollups.Zk.Circuit;
using Prozchain.Rollups.Zk.Signatures;
using Prozchain.Zk.Airs;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Rollups.Zk.Proving;

/// <summary>Which part of a batch a segment is. A batch is cut between posted rows, where a table is full; behind the last row, between blocks of the hash.</summary>
/// <param name="First">Its first row.</param>
/// <param name="Count">Its rows.</param>
/// <param name="Start">Where the bytes start that it hashes; 0 for the first.</param>
/// <param name="End">Behind the last one.</param>
/// <param name="Carried">What holds behind the row before.</param>
/// <param name="Most">Most rows of the transactions' table, and changes of the ledger, if it is executed.</param>
internal readonly record struct SegmentCut(int First, int Count, int Start, int End, CarriedFields Carried, (int Rows, int Changes) Most)
{
    // Times of changes are below 2^15, four a row. Changes and one-time keys fill tables, or two; one table of Keccak has 2^13 rows.
    private const int MostRows = 1 << 13, MostChanges = 1 << 15, MostKeyRows = 3 << 18, MostBlocks = (1 << 13) / 24;

    /// <summary>Cuts a batch.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="signatures">Those of its payments, if they count.</param>
    /// <param name="forced">Rows and changes that the forced items of the first segment may take.</param>
    /// <param name="mostRows">Most rows of the transactions' table, if fewer than there may be; of posted rows where none counts.</param>
    /// <param name="borders">Rows before which a segment ends.</param>
    /// <typeparam name="TCells">The permutation.</typeparam>
    public static SegmentCut[] Of<TCells>(PostedSource batch, IReadOnlyList<SignatureInput> signatures, (int Rows, int Changes) forced, int mostRows, params ReadOnlySpan<int> borders) where TCells : struct, IPermutationCells<F>
    {
        List<SegmentCut> cuts = [];
        // Of the two tables of one-time keys each may leave some rows that no signature fits into.
        int length = batch.Bytes.Length, keyRows = 0, room = MostKeyRows - 2 * OneTimeKeyAir<TCells>.Rows(HashSignature.MaxHeight);
        CarriedFields carried = default;
        SegmentCut cut = default(SegmentCut) with { Most = forced, End = batch.Shown };
        for (int row = 0; row < batch.Rows.Count; row++)
        {
            CarriedFields behind = row < batch.Fields.Count ? carried.Behind(batch.Fields[row]) : carried;
            (int rows, int changes, int keys) = (1, 0, 0);
            if (batch.IsLive)
            {
                PostedPayment payment = behind.Payment(batch.Fields[row], batch.Exponent);
                (rows, changes, keys) = (payment.MostRows, payment.MostChanges, KeyRows<TCells>(signatures[row].Sender) + KeyRows<TCells>(signatures[row].Sponsor));
            }
            int end = batch.Rows[row].End;
            bool isFull = cut.Most.Rows + rows > Math.Min(mostRows, MostRows) || cut.Most.Changes + changes > MostChanges || keyRows + keys > room
                || SpongeBlock.LastBefore(length, end) - FirstBlock(cut, length) >= MostBlocks;
            if ((isFull && cut.Count > 0) || (borders.Contains(row) && row > cut.First))
            {
                cuts.Add(cut);
                (cut, keyRows) = (new(row, 0, cut.End, cut.End, carried, default), 0);
            }
            cut = cut with { Count = cut.Count + 1, End = end, Most = (cut.Most.Rows + rows, cut.Most.Changes + changes) };
            (carried, keyRows) = (behind, keyRows + keys);
        }
        // What is behind the last row is hashed, and says nothing.
        while (length > 0 && SpongeBlock.LastBefore(length, length) - FirstBlock(cut, length) >= MostBlocks)
        {
            SpongeBlock last = SpongeBlock.At(length, FirstBlock(cut, length) + MostBlocks - 1);
            cut = cut with { End = last.Offset + last.Count };
            cuts.Add(cut);
            cut = new(cut.First + cut.Count, 0, cut.End, cut.End, carried, default);
        }
        cuts.Add(cut with { End = length });
        return [.. cuts];
    }

    private static int FirstBlock(in SegmentCut cut, int length) => cut.Start == 0 ? 0 : SpongeBlock.LastBefore(length, cut.Start);

    private static int KeyRows<TCells>(ReadOnlyMemory<byte> signature) where TCells : struct, IPermutationCells<F> =>
        signature.IsEmpty ? 0 : OneTimeKeyAir<TCells>.Rows(HashSignature.HeightOf(signature.Span));
}
