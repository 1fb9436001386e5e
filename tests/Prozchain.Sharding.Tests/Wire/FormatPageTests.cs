using System.Globalization;
using System.Text.RegularExpressions;
using Prozchain.Sharding.Beacon;
using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Execution;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Tests.Support;
using Prozchain.Testing;

namespace Prozchain.Sharding.Tests.Wire;

/// <summary>Tables of docs/formats, held against the bytes that are written: every field where the page says, and nothing beside them.</summary>
public partial class FormatPageTests
{
    [Fact]
    public void MicroHeader_IsWhatThePageSays()
    {
        Digest[] words = [.. Enumerable.Range(0, 6).Select(TestNetwork.Key)];
        var header = new MicroHeader
        {
            Kind = MicroBlockKind.Terminal, ChainId = 0x0102, Shard = new ShardId(0x0304), Epoch = 0x0506, Instance = words[0], View = 0x0708, ParentView = 0x0607, Height = 0x0A0B, Parent = words[1],
            TimeMs = 0x0C0D, BodyRoot = words[2], BodyLength = 0x0E0F, ReceiptsRoot = words[3], WriteDigest = words[4], StateRoot = words[5],
        };
        Check("sharding-ordering.md", "## Micro-header, 254 bytes", TestNetwork.Encode(header.Write), new()
        {
            ["version"] = Number(0, 1), ["kind"] = Number(1, 1), ["chain id"] = Number(0x0102), ["shard"] = Number(0x0304), ["epoch"] = Number(0x0506), ["id of the run"] = Bytes(words[0]),
            ["view"] = Number(0x0708), ["view of the parent"] = Number(0x0607), ["height"] = Number(0x0A0B), ["hash of the parent"] = Bytes(words[1]), ["time"] = Number(0x0C0D), ["body root"] = Bytes(words[2]),
            ["length of the body"] = Number(0x0E0F, 4), ["receipts root of executing the parent"] = Bytes(words[3]), ["digest of what executing the parent wrote"] = Bytes(words[4]),
            ["state root after the parent where the height is a multiple of the run's sealing interval (5)"] = Bytes(words[5]),
        });
    }

    [Fact]
    public void BeaconHeader_IsWhatThePageSays()
    {
        Digest[] words = [.. Enumerable.Range(0, 6).Select(TestNetwork.Key)];
        var header = new BeaconHeader
        {
            ChainId = 0x0102, Height = 0x0304, Parent = words[0], Epoch = 0x0506, TimeMs = 0x0708, BodyRoot = words[1], Validators = words[2], NextValidators = words[3],
            Anchors = 0x0A0B, AnchorRoot = words[4], Outputs = 0x0C0D, OutputRoot = words[5],
        };
        Check("sharding-beacon.md", "## Header, 233 bytes", TestNetwork.Encode(header.Write), new()
        {
            ["version"] = Number(2, 1), ["chain id"] = Number(0x0102), ["height"] = Number(0x0304), ["hash of the parent; zero for height 1"] = Bytes(words[0]), ["epoch"] = Number(0x0506),
            ["attested time"] = Number(0x0708), ["body root"] = Bytes(words[1]), ["digest of this epoch's validator set"] = Bytes(words[2]), ["digest of the next epoch's validator set"] = Bytes(words[3]),
            ["number of anchored shards"] = Number(0x0A0B, 4), ["anchor root: one leaf per shard that has anchored a header"] = Bytes(words[4]), ["number of outputs"] = Number(0x0C0D, 4),
            ["output root: one leaf per output"] = Bytes(words[5]),
        });
    }

    [Fact]
    public void AnchorEntryAndFreeze_AreWhatThePageSays()
    {
        var entry = new AnchorEntry(new ShardId(0x0102), 0x0304, 0x0506, TestNetwork.Key(0), 0x0708, TestNetwork.Key(1), 0x0405, TestNetwork.Key(2));
        CheckLine("Anchor entry: ", TestNetwork.Encode(entry.Write), [
            Number(0x0102), Number(0x0304), Number(0x0506), Bytes(TestNetwork.Key(0)), Number(0x0708), Bytes(TestNetwork.Key(1)), Number(0x0405), Bytes(TestNetwork.Key(2))]);
        var freeze = new FreezeRecord(new ShardId(0x0102), 0x0304, 0x0506, TestNetwork.Key(0), 0x0708);
        CheckLine("| freeze | ", TestNetwork.Encode(freeze.Write), [Number(2, 1), Number(2, 1), Number(0x0102), Number(0x0304), Number(0x0506), Bytes(TestNetwork.Key(0)), Number(0x0708)]);
        var withdrawal = new WithdrawalReceipt(0x0102, TestNetwork.AddressOf(1), 0x0304);
        CheckLine("| withdrawal | ", TestNetwork.Encode(withdrawal.Write), [Number(2, 1), Number(1, 1), Number(0x0102), [1, .. TestNetwork.AddressOf(1).Digest.Span], Number(0x0304)]);
    }

    [Fact]
    public void Transfer_IsWhatThePageSays()
    {
        byte[] bytes = TransferView.Sign(TestNetwork.Wallet(3), 0x0102, TestNetwork.AddressOf(4), 0x0304, 0x0506, 0x0708);
        Check("sharding-transfer.md", "## Transfer, version 1", bytes[..66], new()
        {
            ["version"] = Number(1, 1), ["chain id"] = Number(0x0102), ["valid until: the last block time in Unix milliseconds"] = Number(0x0708),
            ["nonce: the sender's count of earlier transfers in blocks"] = Number(0x0506), ["amount"] = Number(0x0304), ["recipient's address"] = [1, .. TestNetwork.AddressOf(4).Digest.Span],
        });
        Assert.Equal(196, bytes.Length);
        Assert.Equal(TestNetwork.Wallet(3).PublicKey.ToArray(), bytes[66..131]);
    }

    // Rows "offset | bytes | name, or name; more": as long as offsets are numbers.
    private static void Check(string page, string section, byte[] written, Dictionary<string, byte[]> fields)
    {
        int at = 0;
        foreach (string[] row in Rows(page, section))
        {
            if (!int.TryParse(row[0], CultureInfo.InvariantCulture, out int offset) || !int.TryParse(row[1], CultureInfo.InvariantCulture, out int length)) break;
            Assert.Equal(at, offset);
            string name = fields.Keys.Where(key => row[2] == key || row[2].StartsWith(key, StringComparison.Ordinal) && row[2][key.Length] is ',' or ':' or ';').DefaultIfEmpty($"no field {row[2]}").MaxBy(key => key.Length)!;
            Assert.True(fields.Remove(name, out byte[]? expected), $"Expected the field {row[2]} once.");
            Assert.Equal(Convert.ToHexString(expected), Convert.ToHexString(written, offset, length));
            at += length;
        }
        Assert.Equal(written.Length, at);
        Assert.Empty(fields);
    }

    // A line "name (length), name (length; more), …".
    private static void CheckLine(string start, byte[] written, byte[][] fields)
    {
        string line = Page("sharding-beacon.md").Split('\n').Single(line => line.Contains(start, StringComparison.Ordinal));
        line = line[(line.IndexOf(start, StringComparison.Ordinal) + start.Length)..].Split(". ")[0];
        int[] lengths = [.. Lengths().Matches(line).Select(match => int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture))];
        Assert.Equal(lengths, fields.Select(field => field.Length));
        Assert.Equal(Convert.ToHexString(written), Convert.ToHexString([.. fields.SelectMany(field => field)]));
    }

    [GeneratedRegex(@"\((\d+)[),;:]")]
    private static partial Regex Lengths();

    private static IEnumerable<string[]> Rows(string page, string section) => Page(page).Split('\n')
        .SkipWhile(line => !line.StartsWith(section, StringComparison.Ordinal)).SkipWhile(line => !line.StartsWith("|---", StringComparison.Ordinal)).Skip(1)
        .TakeWhile(line => line.StartsWith('|')).Select(line => line.Trim('|').Split('|', StringSplitOptions.TrimEntries));

    private static string Page(string name) => File.ReadAllText(Path.Combine(RepositoryRoot.Path, "docs", "formats", name));

    private static byte[] Number(ulong value, int length = 8) => BitConverter.GetBytes(value)[..length];

    private static byte[] Bytes(Digest digest) => digest.Span.ToArray();
}
