using System.Buffers.Binary;
using System.Security.Cryptography;
using Prozchain.Rollups.Disputes;

namespace Prozchain.Rollups.Tests.Vectors;

/// <summary>Freezes docs/formats/rollups-tournament.md.</summary>
public sealed class TournamentFixtureTests
{
    /// <summary>Leaves 1, 2, 3, 4, 5, 5, 5, 5 as big-endian words; worked out by another implementation of Keccak-256.</summary>
    [Fact]
    public void ClaimRoot_IsFrozen()
    {
        ClaimTree tree = Tree(-1);
        Assert.Equal("f8a07e67b867caad97d30765247fda7a846e656d2110bc9e4516879564d219b6", tree.Claim.Root.ToString());
        Assert.Equal("a9bb8c3f1f12e9aa903a50c47f314b57610a3ab32f2d463293f58836def38d36", tree.Node(2, 0).ToString());
        Assert.Equal(Word(5), tree.Claim.FinalRoot);
    }

    /// <summary>Every field of a match after each move, from the start to the sealed step.</summary>
    [Fact]
    public void StatesOfAMatch_AreFrozen()
    {
        var tournament = new Tournament(TournamentParameters.Dave, Word(0), 5, static (in Digest32 _, in Digest32 _, ulong _, ReadOnlySpan<byte> _) => StepVerdict.Unreadable, new BondVault(0, 0), 1_000);
        ClaimTree one = Tree(-1), other = Tree(3);
        Move(one, 1_000);
        Move(other, 1_001);
        Assert.Equal(TournamentResult.Accepted, tournament.Apply(new FormMove(1), default, 1_002));
        TournamentMatch match = tournament.OpenMatches.Single();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> numbers = stackalloc byte[40];
        for (ulong now = 1_100; ; now += 100)
        {
            BinaryPrimitives.WriteUInt64BigEndian(numbers, (ulong)match.Level);
            BinaryPrimitives.WriteUInt64BigEndian(numbers[8..], match.Position);
            BinaryPrimitives.WriteUInt64BigEndian(numbers[16..], match.Clock(second: false));
            BinaryPrimitives.WriteUInt64BigEndian(numbers[24..], match.Clock(second: true));
            BinaryPrimitives.WriteUInt64BigEndian(numbers[32..], match.TurnStart);
            hash.AppendData(numbers);
            foreach (Digest32 digest in (Digest32[])[match.Parent, match.Left, match.Right]) hash.AppendData(digest.Span);
            if (match.Phase == MatchPhase.Sealed) break;
            Move(match.Mover.Claim == one.Claim ? one : other, now);
        }
        Assert.Equal((0, 3UL, Word(3)), (match.Level, match.Position, match.Parent));
        Assert.Equal("d09263dc90cf2631724b273bcbb00bf3b8b66dc58e8b41b9fd190eccf3319fb5", Convert.ToHexStringLower(hash.GetHashAndReset()));

        void Move(ClaimTree tree, ulong now) => Assert.Equal(TournamentResult.Accepted, tournament.Apply(new TournamentPlayer(tree, _ => default).NextMove(tournament, now)!, default, now));
    }

    private static ClaimTree Tree(int lieAt)
    {
        var tree = new ClaimTree(3);
        for (int i = 0; i < 5; i++) tree.Append(Word((uint)i + 1 + (lieAt >= 0 && i >= lieAt ? 100U : 0)));
        return tree;
    }

    private static Digest32 Word(uint value)
    {
        Span<byte> word = stackalloc byte[32];
        BinaryPrimitives.WriteUInt32BigEndian(word[28..], value);
        return new Digest32(word);
    }
}
