using Prozchain.DataAvailability.Squares;
using Prozchain.Testing;

namespace Prozchain.DataAvailability.Tests.Squares;

/// <summary>Whatever the bytes, the readers answer; what they accept is written back as it was.</summary>
public class HostileSquareTests
{
    [Fact]
    public void TryRead_MutatedSquares_NeverThrowAndAcceptedOnesStayReadable()
    {
        byte[] seed = RandomSquares.Mixed(3);
        Assert.Equal(SquareReadResult.Ok, DataSquare.TryRead(seed, out _));
        var random = new Random(1);
        var seen = new HashSet<SquareReadResult>();
        for (int i = 0; i < TestSettings.Scale(20_000, 400_000); i++)
        {
            byte[] bytes = [.. seed];
            for (int rounds = random.Next(1, 4); rounds > 0; rounds--)
            {
                // Headers and lengths far more often than contents.
                int share = random.Next(bytes.Length / 512), at = share * 512 + (random.Next(4) == 0 ? random.Next(512) : random.Next(27, 48));
                switch (random.Next(4))
                {
                    case 0: bytes[at] = (byte)random.Next(256); break;
                    case 1: bytes[at] ^= (byte)(1 << random.Next(8)); break;
                    case 2: bytes.AsSpan(random.Next(bytes.Length / 512) * 512, 512).CopyTo(bytes.AsSpan(share * 512)); break;
                    default: bytes[at] = (byte)(random.Next(2) == 0 ? 0 : 0xFF); break;
                }
            }
            SquareReadResult result = DataSquare.TryRead(bytes, out DataSquare? square);
            seen.Add(result);
            Assert.Equal(result == SquareReadResult.Ok, square is not null);
            if (square is null) continue;
            foreach (BlobRange range in square.Blobs) Assert.Equal(square.SharesOf(range).Span, BlobCommitmentTests.Shares(square.Read(range)));
            foreach (ReadOnlyMemory<byte> unit in square.PayForBlobs) Assert.True(IndexWrapper.TryRead(unit, out _));
        }
        Assert.Equal(Enum.GetValues<SquareReadResult>().Except([SquareReadResult.WrongSize]).Order(), seen.Order());
    }

    [Fact]
    public void TryRead_WrongSizes_AreNamed()
    {
        byte[] square = new byte[64 * 512];
        foreach (int length in (int[])[0, 1, 511, 513, 2 * 512, 3 * 512, 9 * 512, 36 * 512, square.Length - 1])
            Assert.Equal(SquareReadResult.WrongSize, DataSquare.TryRead(square.AsMemory(0, length), out _));
        Assert.Equal(SquareReadResult.WrongSize, DataSquare.TryRead(new byte[(512 * 512 + 1) * 512], out _));
        Assert.Equal(SquareReadResult.WrongSize, Blob.TryRead(square.AsSpan(0, 700), out _));
    }

    [Fact]
    public void TryRead_NamedFaults_AreNamed()
    {
        byte[] tail = new SquareBuilder().Build().Cells.ToArray();
        Assert.Equal(SquareReadResult.BadPadding, Changed(tail, 511, 1));
        Assert.Equal(SquareReadResult.MissingStart, Changed(tail, 29, 0));
        Assert.Equal(SquareReadResult.UnknownVersion, Changed(tail, 29, 7));
        Assert.Equal(SquareReadResult.BadNamespace, Changed(tail, 29, 3));
        Assert.Equal(SquareReadResult.BadNamespace, Changed(tail, 28, 0xFF));
        Assert.Equal(SquareReadResult.BadPadding, Changed(tail, 33, 1));
        var builder = new SquareBuilder();
        builder.Add(new byte[10]);
        byte[] transaction = builder.Build().Cells.ToArray();
        Assert.Equal(SquareReadResult.BadLength, Changed(transaction, 30, 0xFF));
        Assert.Equal(SquareReadResult.BadTransactions, Changed(transaction, 37, 39));
        Assert.Equal(SquareReadResult.BadTransactions, Changed(transaction, 38, 9));
        Assert.Equal(SquareReadResult.BadTransactions, Changed(transaction, 38, 0));
        Assert.Equal(SquareReadResult.BadIndexes, Changed(transaction, 28, 4));
    }

    [Fact]
    public void TryRead_MutatedBlobs_AreCanonicalOrRefused()
    {
        var random = new Random(2);
        byte[][] seeds = [.. Enumerable.Range(0, 3).Select(version => BlobCommitmentTests.Shares(RandomSquares.Blob(random, (byte)version)))];
        HostileBytes.Feed(seeds, bytes =>
        {
            SquareReadResult result = Blob.TryRead(bytes, out Blob? blob);
            Assert.Equal(result == SquareReadResult.Ok, blob is not null);
            if (blob is not null) Assert.Equal(bytes, BlobCommitmentTests.Shares(blob));
        }, 20_000);
    }

    [Fact]
    public void ShareView_AnyBytes_AnswerEverything()
    {
        var random = new Random(3);
        var share = new byte[ShareView.Size];
        for (int i = 0; i < 2000; i++)
        {
            random.NextBytes(share);
            if (i % 2 == 0) Namespace.PayForBlob.Bytes.CopyTo(share);
            var view = new ShareView(share);
            Assert.InRange(view.Version, 0, 127);
            Assert.InRange(view.Data.Length, 400, 482);
            Assert.True(view.Signer.Length is 0 or 20);
            Assert.True(view.IsSequenceStart || view.SequenceLength == 0);
            Assert.Equal(share[..29], view.Namespace.Bytes.ToArray());
        }
        Assert.Throws<ArgumentException>(() => new ShareView(new byte[511]).Version);
    }

    private static SquareReadResult Changed(byte[] cells, int at, byte value)
    {
        byte[] changed = [.. cells];
        changed[at] = value;
        return DataSquare.TryRead(changed, out _);
    }
}
