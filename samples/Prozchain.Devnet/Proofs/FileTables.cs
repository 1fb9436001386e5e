using Prozchain.Zk.Air;
using Prozchain.Zk.Airs;
using Prozchain.Zk.Fields;

namespace Prozchain.Devnet.Proofs;

/// <summary>The tables of a statement, whatever its hash function is.</summary>
internal abstract class FileTables
{
    public abstract IReadOnlyList<IAir> Airs { get; }

    public abstract ReadOnlySpan<int> LogRows { get; }

    public abstract Trace<Field31<KoalaBear>>[] Traces(ReadOnlySpan<byte> file);

    public abstract Field31<KoalaBear>[][] Values(FileStatement statement);

    public static FileTables Of(FileStatement statement, int leastLogRows) => statement.Function == FileHash.Blake3
        ? new OfBlake3(new(statement.Length, statement.Prefix.Length, leastLogRows))
        : new OfSha256(new(statement.Length, statement.Prefix.Length, leastLogRows));

    private sealed class OfBlake3(Blake3FileStatement tables) : FileTables
    {
        public override IReadOnlyList<IAir> Airs => tables.Airs;

        public override ReadOnlySpan<int> LogRows => tables.LogRows;

        public override Trace<Field31<KoalaBear>>[] Traces(ReadOnlySpan<byte> file) => new Blake3File<Field31<KoalaBear>>(file, tables.LeastLogRows).Traces(tables);

        public override Field31<KoalaBear>[][] Values(FileStatement statement) => tables.PublicValues<Field31<KoalaBear>>(statement.Hash.Span, statement.Prefix.Span);
    }

    private sealed class OfSha256(Sha256FileStatement tables) : FileTables
    {
        public override IReadOnlyList<IAir> Airs => tables.Airs;

        public override ReadOnlySpan<int> LogRows => tables.LogRows;

        public override Trace<Field31<KoalaBear>>[] Traces(ReadOnlySpan<byte> file) => tables.Traces<Field31<KoalaBear>>(file);

        public override Field31<KoalaBear>[][] Values(FileStatement statement) => tables.PublicValues<Field31<KoalaBear>>(statement.Hash.Span, statement.Prefix.Span);
    }
}
