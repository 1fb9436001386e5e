using Prozchain.Rollups.Zk.Circuit;
using Prozchain.Zk.Air;
using Prozchain.Zk.Airs;
using Prozchain.Zk.Tests.Air;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Rollups.Zk.Tests.Circuit;

/// <summary>Both tables of posted rows over one batch, and what stands around them.</summary>
internal sealed class PostedTables
{
    private readonly PostedBatch _batch;
    private readonly bool _isLive;
    private readonly uint[] _asked = new uint[1 << 15];

    public PostedTables(PostedBatch batch, bool isLive, int leastLogRows = 3) : this(batch, batch.Rows, batch.Fields, isLive, leastLogRows) { }

    public PostedTables(PostedBatch batch, List<PostedRow> rows, List<List<FieldSpan>> fields, bool isLive, int leastLogRows = 3)
    {
        (_batch, _isLive) = (batch, isLive);
        End = rows.Count == 0 ? batch.HeadSize : rows[^1].End;
        Parser = new(batch.Bytes, [.. rows], batch.HeadSize, 0, isLive, _asked, leastLogRows);
        FullRows = new(batch.Bytes, rows, fields, batch.Least, 0, isLive, _asked, leastLogRows);
        Amounts = rows.Count > 0 && fields.Count == rows.Count ? AmountFaultWriter.Of<F>(batch.Bytes, rows[^1], fields[^1], batch.Least, rows.Count - 1, _asked) : AmountFaultWriter.None<F>();
        Messages = [.. ToldBy(Parser.Trace, Parser.Rows, isParser: true), .. ToldBy(FullRows.Trace, FullRows.Rows, isParser: false)];
    }

    public ParserWriter<F> Parser { get; }

    public FullRowWriter<F> FullRows { get; }

    /// <summary>The table that shows a fault of an amount.</summary>
    public Trace<F> Amounts { get; }

    /// <summary>Behind the last byte read.</summary>
    public int End { get; }

    /// <summary>What is told on the bus of fields.</summary>
    public List<F[]> Messages { get; }

    public TraceChecker<F> Checker()
    {
        TraceChecker<F> checker = new TraceChecker<F>().Add(new ParserAir(), Parser.Trace, Parser.PublicValues).Add(new FullRowAir(_batch.Least), FullRows.Trace, FullRows.PublicValues)
            .Add(new AmountFaultAir(_batch.Least), Amounts);
        for (int i = 0; i < _asked.Length; i++)
            if (_asked[i] > 0) checker.Post(Buses.Range(15), BusDirection.Receive, F.FromUInt32(_asked[i]), [F.FromUInt32((uint)i)]);
        foreach ((Bus bus, BusDirection direction, F[] message) in Outside()) checker.Post(bus, direction, F.One, message);
        return checker;
    }

    public Trace<F> Ranges() => new RangeTableAir(15).Generate<F>(_asked);

    public MutationReport Mutate()
    {
        TraceMutator<F> mutator = new TraceMutator<F>(1, rows: 40).Add(new ParserAir(), Parser.Trace, Parser.PublicValues, Parser.Rows)
            .Add(new FullRowAir(_batch.Least), FullRows.Trace, FullRows.PublicValues, FullRows.Rows)
            .Add(new AmountFaultAir(_batch.Least), Amounts, [], 0).Answer(new RangeTableAir(15), Ranges());
        foreach ((Bus bus, BusDirection direction, F[] message) in Outside()) mutator.Post(bus, direction, F.One, message);
        MutationReport report = mutator.Run();
        Assert.True(report.Missed.Count == 0, $"{report.Missed.Count} of {report.Tried}:\n{string.Join('\n', report.Missed.Take(20))}");
        return report;
    }

    public bool Has(int row, RowField field) => Of(row, field).Any();

    public UInt128 Number(int row, RowField field)
    {
        UInt128 number = 0;
        foreach (F[] message in Of(row, field))
            for (int i = 0; i < 3; i++) number |= (UInt128)message[3 + i].ToUInt32() << (14 * i + 42 * (int)message[2].ToUInt32());
        return number;
    }

    public byte[] BytesOf(int row, RowField field)
    {
        List<byte> bytes = [];
        foreach (F[] message in Of(row, field).OrderByDescending(message => message[2].ToUInt32()))
        {
            uint low = message[3].ToUInt32();
            bytes.Add((byte)low);
            if (field != RowField.Payload) bytes.AddRange([(byte)(low >> 8), (byte)message[4].ToUInt32(), (byte)message[5].ToUInt32()]);
        }
        return [.. bytes];
    }

    private IEnumerable<F[]> Of(int row, RowField field) => Messages.Where(message => message[0] == F.FromUInt32((uint)row) && message[1] == F.FromUInt32((uint)field));

    /// <summary>The bytes from the head's end to where reading ends; and who takes the fields of a batch without a fault.</summary>
    private IEnumerable<(Bus, BusDirection, F[])> Outside()
    {
        for (int at = _batch.HeadSize; at < End; at++)
            yield return (RollupBuses.Byte, BusDirection.Send, [F.FromUInt32((uint)at), F.FromUInt32(_batch.Bytes[at] & 0x7Fu), F.FromUInt32((uint)_batch.Bytes[at] >> 7)]);
        foreach (F[] message in Messages)
            if (_isLive) yield return (RollupBuses.Field, BusDirection.Receive, message);
    }

    private static IEnumerable<F[]> ToldBy(Trace<F> trace, int rows, bool isParser)
    {
        for (int row = 0; row < rows; row++)
        {
            if (trace[isParser ? ParserColumns.Told : FullRowColumns.Told, row] == F.Zero) continue;
            int first = isParser ? ParserColumns.Sender : FullRowColumns.Kind, count = isParser ? 3 : 15, field = 0, one = isParser ? ParserColumns.One : FullRowColumns.One;
            while (field < count && trace[first + field, row] != F.One) field++;
            F part = trace[one, row] + trace[one + 1, row] + trace[one + 1, row];
            if (!isParser) part += trace[FullRowColumns.Rest, row];
            int limb = isParser ? ParserColumns.Limb : FullRowColumns.Limb;
            yield return [trace[4, row], F.FromUInt32((uint)(isParser ? field : field + (int)RowField.Kind)), part, trace[limb, row], trace[limb + 1, row], trace[limb + 2, row]];
        }
    }
}
