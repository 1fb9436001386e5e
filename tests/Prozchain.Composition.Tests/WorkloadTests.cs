using System.Text;
using Prozchain.Devnet.Workloads;
using Prozchain.Testing;

namespace Prozchain.Composition.Tests;

/// <summary>The workload file's reader takes any bytes.</summary>
public class WorkloadTests
{
    private static readonly string s_address = "0x01" + new string('a', 64), s_key = "0x01" + new string('4', 128);

    [Fact]
    public void TryParse_HostileBytes_NeverThrows()
    {
        byte[][] seeds = [.. ((string[])["alice,bob,5", $"{s_address},bob,5,0,1767225600000,{s_key},{s_key}", $"alice,{s_address},18446744073709551615,,,,", "alice,bob,5<>3"]).Select(Encoding.UTF8.GetBytes)];
        int refused = 0;
        HostileBytes.Feed(seeds, bytes => refused += WorkloadParser.TryParse(1, bytes, out _) is null ? 0 : 1);
        Assert.True(refused > 0);
    }

    [Theory]
    [InlineData("alice,bob,5", true)]
    [InlineData(" alice , bob , 5 ", true)]
    [InlineData("alice,bob,5,,,,", true)]
    [InlineData("alice,bob,5<>3", true)]
    [InlineData("alice,alice,5<>3", false)]
    [InlineData("alice,bob,5<>", false)]
    [InlineData("alice,bob,5<>3<>1", false)]
    [InlineData("alice,bob,5,,,", false)]
    [InlineData("alice,bob,0", true)]
    [InlineData("alice,bob", false)]
    [InlineData("alice,bob,5,1", false)]
    [InlineData("alice,bob,+5", false)]
    [InlineData("alice,bob,5.0", false)]
    [InlineData("alice,,5", false)]
    [InlineData("alice,bob,5,0,9,0x00,0x00", false)]
    public void TryParse_Line_IsATransferOrNot(string line, bool isTransfer) =>
        Assert.Equal(isTransfer, WorkloadParser.TryParse(1, Encoding.UTF8.GetBytes(line), out _) is null);

    [Theory]
    [InlineData("\n", 1)]
    [InlineData("\r\n", 7)]
    [InlineData("\n", 4095)]
    public async Task Reader_LinesAcrossBuffers_KeepTheirNumbers(string newLine, int longLines)
    {
        using var folder = new TemporaryFolder();
        var text = new StringBuilder("\uFEFFfrom,to,amount" + newLine);
        var expected = new List<long>();
        var malformed = new List<long>();
        for (int number = 2; number < 200; number++)
        {
            if (number % 17 == 0)
            {
                text.Append('#', longLines).Append(newLine);
                continue;
            }
            if (number % 31 == 0)
            {
                text.Append('x', 20_000).Append(newLine);
                malformed.Add(number);
                continue;
            }
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"a,b,{number}").Append(number == 199 ? "" : newLine);
            expected.Add(number);
        }
        await File.WriteAllTextAsync(folder["w.csv"], text.ToString(), TestContext.Current.CancellationToken);
        var seen = new List<long>();
        var refused = new List<long>();
        await using (var reader = new WorkloadReader(folder["w.csv"], line => refused.Add(line.Number)))
        {
            while (await reader.NextAsync(TestContext.Current.CancellationToken) is { } line)
            {
                Assert.Equal((ulong)line.Number, line.Amount);
                seen.Add(line.Number);
            }
        }
        Assert.Equal(expected, seen);
        Assert.Equal(malformed, refused);
    }

    // However the file's bytes happen to be split into reads, a line of the greatest length is one, and a longer one is none.
    [Theory]
    [InlineData(WorkloadParser.MaxLineBytes, true)]
    [InlineData(WorkloadParser.MaxLineBytes + 1, false)]
    public async Task Reader_LongestLine_IsTakenWhereverItLies(int length, bool isTaken)
    {
        using var folder = new TemporaryFolder();
        string line = "a,b" + new string(' ', length - 5) + ",5";
        for (int before = 0; before < 3; before++)
        {
            await File.WriteAllTextAsync(folder["w.csv"], new string('#', 4094 + before) + "\n" + line + "\r\n", TestContext.Current.CancellationToken);
            await using var reader = new WorkloadReader(folder["w.csv"], _ => { });
            Assert.Equal(isTaken, await reader.NextAsync(TestContext.Current.CancellationToken) is not null);
        }
    }
}
