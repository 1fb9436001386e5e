using Prozchain.Rollups.Batches;

namespace Prozchain.Rollups.Tests.Batches;

/// <summary>Byte accounting on the workload that the suite measures by: senders and recipients Zipf-Mandelbrot, shift 2.7, exponent 1.</summary>
public sealed class BatchStatisticsTests
{
    [Fact]
    public void Parts_AddUpToTheWhole()
    {
        byte[] bytes = BatchTests.Encode(BatchTests.Transfers(123, 17, 4), out BatchStatistics statistics);
        Assert.Equal(bytes.Length, statistics.TotalBytes);
        Assert.Equal(123 * 64, statistics.SignatureBytes);
        Assert.Equal(bytes.Length / 123.0, statistics.BytesPerTransfer);
        Assert.Equal((bytes.Length - 123 * 64) / 123.0, statistics.BytesPerTransferUnsigned);
        Assert.Equal(0, default(BatchStatistics).BytesPerTransfer);
    }

    // Measured: the columns alone, and with the dictionary, whose addresses of 33 and keys of 65 bytes dominate until
    // batches refer to accounts by their place in the state.
    [Theory]
    [InlineData(300, 10_000)]
    [InlineData(2_000, 10_000)]
    [InlineData(20_000, 100_000)]
    public void ZipfWorkload_CostsWhatTheReadmeSays(int transfers, int accounts)
    {
        BatchTests.Encode(Zipf(transfers, accounts), out BatchStatistics s);
        double columns = (double)(s.SenderBytes + s.RecipientBytes + s.AmountBytes + s.NonceBytes) / transfers;
        TestContext.Current.TestOutputHelper?.WriteLine($"{transfers} of {accounts}: {s.BytesPerTransfer:F1} B, unsigned {s.BytesPerTransferUnsigned:F1} B, columns {columns:F2} B, dictionary {(double)s.DictionaryBytes / transfers:F1} B");
        Assert.InRange(columns, 4, 8);
        Assert.InRange(s.BytesPerTransferUnsigned, columns, columns + 98.5);
    }

    private static L2Transfer[] Zipf(int transfers, int accounts)
    {
        var random = new Random(1);
        var cumulative = new double[accounts];
        double sum = 0;
        for (int i = 0; i < accounts; i++) cumulative[i] = sum += 1 / (i + 1 + 2.7);
        var nonces = new ulong[accounts];
        var signers = new Dictionary<int, HashSigner>();
        var result = new L2Transfer[transfers];
        for (int i = 0; i < transfers; i++)
        {
            int sender = Draw();
            result[i] = World.Transfer(Signer(sender), Signer(Draw()).Address, (ulong)random.Next(1, 10_000), nonces[sender]++);
        }
        return result;

        int Draw()
        {
            int at = Array.BinarySearch(cumulative, random.NextDouble() * sum);
            return Math.Min(at < 0 ? ~at : at, accounts - 1);
        }

        HashSigner Signer(int account) => signers.TryGetValue(account, out HashSigner? known) ? known : signers[account] = new HashSigner(account);
    }
}
