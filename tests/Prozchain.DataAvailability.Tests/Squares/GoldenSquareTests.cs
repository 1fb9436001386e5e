using System.Text;
using Prozchain.DataAvailability.Squares;

namespace Prozchain.DataAvailability.Tests.Squares;

/// <summary>
/// go-square's golden square with something of every kind (testdata/golden/mixed_square.hex, commit 4d076206): its inputs,
/// read off it, give every share as it begins there; the bytes after that are the inputs' own counting bytes. Blobs are
/// aligned for a threshold of 8 in place of 64.
/// </summary>
public class GoldenSquareTests
{
    private const string A = "000000000000000000000000000000000000000a0a0a0a0a0a0a0a0a0a", B = "000000000000000000000000000000000000000b0b0b0b0b0b0b0b0b0b";
    private const string Signer = "3132333435363738393a3b3c3d3e3f4041424344";

    private static readonly string[] s_shares =
    [
        "0000000000000000000000000000000000000000000000000000000001" + "01" + "000003ba" + "00000026" + "de0211121314",
        "0000000000000000000000000000000000000000000000000000000001" + "00" + "00000000" + "999a9b9c9d9e9fa0",
        "0000000000000000000000000000000000000000000000000000000001" + "00" + "00000000" + "797a000000000000",
        "0000000000000000000000000000000000000000000000000000000004" + "01" + "000001da" + "00000026" + "c5030ab80322232425",
        "0000000000000000000000000000000000000000000000000000000005" + "01" + "0000000e" + "00000026" + "0d7061792d666f722d666962726500",
        "00000000000000000000000000000000000000000000000000000000ff" + "01" + "00000000",
        A + "01" + "0000012c" + "4142434445464748",
        A + "03" + "000002bc" + Signer + "6162636465",
        A + "02" + "2d2e2f303132333435",
        A + "03" + "00000000" + "00000000",
        B + "01" + "00001770" + "5152535455",
        B + "00" + "3132333435",
        B + "00" + "15161718191a",
        B + "00" + "f8f9fafbfcfdfeff0102",
        B + "00" + "dcdddedfe0e1",
        B + "00" + "c0c1c2c3c4c5",
    ];

    [Fact]
    public void Build_InputsOfTheGoldenSquare_GiveItsShares()
    {
        Namespace a = new(Convert.FromHexString(A)), b = new(Convert.FromHexString(B));
        var builder = new SquareBuilder(subtreeRootThreshold: 8);
        builder.Add(Counting(0x11, 350));
        builder.Add(Counting(0x21, 600));
        builder.Add(new BlobTransaction(Counting(0x22, 440), new Blob(a, Counting(0x41, 300)), new Blob(b, Counting(0x51, 6000))));
        builder.Add(new BlobTransaction(Encoding.ASCII.GetBytes("pfb-two"), new Blob(a, Counting(0x61, 700), 1, Counting(0x31, 20))));
        byte[] reference = [0, 0, 0, 1, .. Counting(0x71, 32)];
        Assert.Equal(SquareAddResult.Added, builder.AddOutside(Encoding.ASCII.GetBytes("pay-for-fibre"), new Blob(b, reference, 2, Counting(0x31, 20))));
        DataSquare square = builder.Build();
        Assert.Equal(8, square.Width);
        for (int i = 0; i < s_shares.Length; i++) Assert.Equal(s_shares[i], Share(square, i)[..s_shares[i].Length]);
        Assert.StartsWith(B + "00" + "fbfcfdfeff0102", Share(square, 22), StringComparison.Ordinal);
        Assert.Equal((B + "05" + "00000024" + Signer + "00000001" + Convert.ToHexStringLower(Counting(0x71, 32))).PadRight(1024, '0'), Share(square, 23));
        for (int i = 24; i < 64; i++) Assert.Equal((new string('f', 56) + "fe" + "01").PadRight(1024, '0'), Share(square, i));
        Assert.EndsWith("da1202060a1a04494e4458" + "120a077066622d74776f1201071a04494e4458", Share(square, 3).TrimEnd('0'), StringComparison.Ordinal);
        Assert.Equal([6, 7, 10, 23], square.Blobs.Select(blob => blob.Start));
    }

    // 1 to 255 and again.
    private static byte[] Counting(int first, int length) => [.. Enumerable.Range(first - 1, length).Select(i => (byte)(1 + i % 255))];

    private static string Share(DataSquare square, int index) => Convert.ToHexStringLower(square.Cells.Span.Slice(index * 512, 512));
}
