using Prozchain.DataAvailability.Committees;

namespace Prozchain.DataAvailability.Tests.Committees;

public class StorageAuditTests
{
    private static readonly ExtendedSquare s_square = TestSquares.Full(4);

    [Fact]
    public void Check_HonestAnswer_PassesAndEveryLieIsNamed()
    {
        StorageChallenge challenge = Challenge(1);
        Share[] answer = Answer(challenge);
        Assert.Equal(ChallengeResult.Passed, challenge.Check(answer));
        Assert.Equal(ChallengeResult.WrongCount, challenge.Check(answer[1..]));
        Assert.Equal(ChallengeResult.WrongCount, challenge.Check([]));
        Assert.Equal(ChallengeResult.WrongCell, challenge.Check([answer[1], answer[0], .. answer[2..]]));
        CellCoordinate at = challenge.Cells[2];
        Assert.Equal(ChallengeResult.BadProof, challenge.Check([.. answer[..2], TestSquares.Full(4, 2).GetShare(at.Row, at.Column), .. answer[3..]]));
        // Bound to the content: the answer to the same question about other data is none.
        Assert.NotEqual(ChallengeResult.Passed, Challenge(1, 2).Check(answer));
    }

    [Fact]
    public void Cells_OfAChallenge_AreDistinctAndInCustodyAndOfTheRandomValue()
    {
        HashSet<string> seen = [];
        for (int beacon = 0; beacon < 50; beacon++)
        {
            StorageChallenge challenge = Challenge(beacon);
            Assert.Equal(5, challenge.Cells.Distinct().Count());
            Assert.All(challenge.Cells, cell => Assert.True(cell.Column is 2 or 7 && cell.Row is >= 0 and < 8));
            Assert.Equal(challenge.Cells, Challenge(beacon).Cells);
            seen.Add(string.Join(' ', challenge.Cells));
        }
        Assert.Equal(50, seen.Count);
        Assert.Equal(16, new StorageChallenge(s_square.Header, new byte[32], new byte[32], [2, 7], 16).Cells.Distinct().Count());
    }

    [Fact]
    public void Audit_LateAndMissingAnswers_Fail()
    {
        var audit = new StorageAudit(10);
        long first = audit.Open(Challenge(1), 100), second = audit.Open(Challenge(2), 105);
        Assert.Equal(ChallengeResult.WrongCount, audit.Answer(first, [], 101));
        Assert.Equal(ChallengeResult.NotOpen, audit.Answer(first, Answer(Challenge(1)), 110));
        Assert.Empty(audit.Expire(109));
        Assert.Equal(ChallengeResult.Passed, audit.Answer(second, Answer(Challenge(2)), 114));
        Assert.Equal(ChallengeResult.NotOpen, audit.Answer(second, Answer(Challenge(2)), 114));
        StorageChallenge failed = Assert.Single(audit.Expire(200));
        Assert.Equal(Challenge(1).Cells, failed.Cells);
        Assert.Equal(0, audit.Count);
        Assert.Equal(ChallengeResult.NotOpen, audit.Answer(77, [], 200));
        var full = new StorageAudit(10, 1);
        full.Open(Challenge(1), 0);
        Assert.Throws<InvalidOperationException>(() => full.Open(Challenge(1), 0));
    }

    /// <summary>Columns are a set: who lists them otherwise asks for the same cells.</summary>
    [Fact]
    public void Cells_OfColumnsInAnotherOrder_AreTheSame()
    {
        for (int beacon = 0; beacon < 20; beacon++)
            Assert.Equal(Challenge(beacon).Cells, new StorageChallenge(s_square.Header, TestSquares.Seed(beacon), TestSquares.Seed(7), [7, 2], 5).Cells);
    }

    /// <summary>A node that dropped a quarter of its cells passes as often as is stated.</summary>
    [Fact]
    public void PassProbability_DroppedCells_IsWhatHappens()
    {
        int passed = 0;
        const int trials = 4000;
        for (int beacon = 0; beacon < trials; beacon++)
            if (Challenge(beacon).Cells.All(cell => cell.Row >= 2)) passed++;
        double expected = StorageChallenge.PassProbability(16, 4, 5);
        // C(12, 5) / C(16, 5) = 792 / 4368.
        Assert.Equal(792 / 4368.0, expected, 12);
        double deviation = Math.Sqrt(expected * (1 - expected) / trials);
        Assert.InRange(passed / (double)trials, expected - 5 * deviation, expected + 5 * deviation);
        Assert.Equal(expected * expected * expected, StorageChallenge.PassProbability(16, 4, 5, 3), 12);
        Assert.Equal(0, StorageChallenge.PassProbability(16, 12, 5));
        Assert.Equal(1, StorageChallenge.PassProbability(16, 12, 5, 0));
    }

    [Fact]
    public void Misuse_IsRefused()
    {
        Assert.Throws<ArgumentException>(() => new StorageChallenge(s_square.Header, new byte[31], new byte[32], [1], 1));
        Assert.Throws<ArgumentException>(() => new StorageChallenge(s_square.Header, new byte[32], new byte[31], [1], 1));
        Assert.Throws<ArgumentException>(() => new StorageChallenge(s_square.Header, new byte[32], new byte[32], [8], 1));
        Assert.Throws<ArgumentException>(() => new StorageChallenge(s_square.Header, new byte[32], new byte[32], [1, 1], 1));
        Assert.Throws<ArgumentException>(() => new StorageChallenge(s_square.Header, new byte[32], new byte[32], [], 1));
        Assert.Throws<ArgumentException>(() => new StorageChallenge(s_square.Header, new byte[32], new byte[32], [1], 9));
        Assert.Throws<ArgumentOutOfRangeException>(() => new StorageAudit(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new StorageAudit(1, 0));
        var audit = new StorageAudit(5);
        audit.Open(Challenge(1), 10);
        Assert.Contains("10, got 9", Assert.Throws<ArgumentOutOfRangeException>(() => audit.Open(Challenge(2), 9)).Message, StringComparison.Ordinal);
    }

    private static StorageChallenge Challenge(int beacon, int square = 1) =>
        new(square == 1 ? s_square.Header : TestSquares.Full(4, square).Header, TestSquares.Seed(beacon), TestSquares.Seed(7), [2, 7], 5);

    private static Share[] Answer(StorageChallenge challenge) => [.. challenge.Cells.Select(cell => s_square.GetShare(cell.Row, cell.Column, Axis.Column))];
}
