using System.Security.Cryptography;
using System.Text;
using Milvus.Optimize.Wire;

namespace Milvus.Optimize.Simulator.Model;

/// <summary>Who may call once credentials are asked for. Nobody can be granted anything over the wire: a new user may do what needs no privilege.</summary>
internal sealed class Users(World world)
{
    public const string Root = "root";

    private const int MaxNameLength = 32;
    private const int MinPasswordLength = 6;
    private const int MaxPasswordLength = 256;

    /// <summary>In the order of their names, as the meta store gives them; root is always there.</summary>
    public IEnumerable<string> Names => State.Select(user => user.Name).Append(Root).Distinct().Order(StringComparer.Ordinal);

    private List<User> State => world.State.Users;

    public User? Find(string name, string password) => State.Find(user => user.Name == name && user.PasswordHash == Hash(password));

    /// <summary>For set-up: of one that is there already, of an earlier life, only a password that was set over the wire stays; nobody could be granted anything there.</summary>
    /// <param name="spec">Who.</param>
    /// <param name="isAsked">False for the root that is there unasked, who changes nothing that an earlier life has.</param>
    public void Seed(UserSpec spec, bool isAsked)
    {
        var seeded = new User(spec.Name, Hash(spec.Password), [.. spec.Grants]);
        if (State.FindIndex(user => user.Name == spec.Name) is >= 0 and var at)
        {
            if (isAsked) State[at] = State[at].IsOfTheWire ? State[at] with { Grants = seeded.Grants } : seeded;
        }
        else
        {
            State.Add(seeded);
        }
    }

    public void Create(string name, string password)
    {
        CheckName(name);
        var text = Checked(Decoded(password));
        if (Names.Contains(name)) throw new MilvusRefusal(65535, $"user already exists: {name}") { LegacyCode = (ErrorCode)29, Detail = "" };
        State.Add(new User(name, Hash(text), []) { IsOfTheWire = true });
    }

    public void Update(string name, string oldPassword, string newPassword)
    {
        var given = Decoded(oldPassword);
        var text = Checked(Decoded(newPassword));
        var user = Find(name, given) ?? throw new MilvusRefusal(1400, $"old password not correct for {name}: not authenticated");
        State[State.IndexOf(user)] = user with { PasswordHash = Hash(text), IsOfTheWire = true };
    }

    /// <summary>One that is not there is dropped without a word.</summary>
    public void Delete(string name)
    {
        if (name == Root) throw new MilvusRefusal(1401, "root user cannot be deleted: privilege not permitted");
        State.RemoveAll(user => user.Name == name);
    }

    private static string Hash(string password) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(password)));

    private static string Decoded(string base64)
    {
        var bytes = new byte[base64.Length];
        if (Convert.TryFromBase64String(base64, bytes, out var length)) return Encoding.UTF8.GetString(bytes, 0, length);
        var wrong = base64.TakeWhile(c => char.IsAsciiLetterOrDigit(c) || c is '+' or '/').Count();
        throw Refusals.Unexpected($"decode password fail: illegal base64 data at input byte {wrong}");
    }

    private static string Checked(string password) => password.Length is >= MinPasswordLength and <= MaxPasswordLength
        ? password
        : throw new MilvusRefusal(1100, $"invalid password length: invalid parameter[{password.Length} out of range {MinPasswordLength} <= value <= {MaxPasswordLength}]");

    /// <summary>The odd ends are the server's own: its formats do not fit their arguments.</summary>
    private static void CheckName(string name)
    {
        if (name.Length == 0) throw Refusals.Invalid("username must be not empty");
        if (name.Length > MaxNameLength)
            throw Refusals.Invalid($"invalid username {name} with length {name.Length}, the length of username must be less than %!d(string={MaxNameLength})");
        if (!char.IsAsciiLetter(name[0]))
            throw Refusals.Invalid($"invalid user name {name}, the first character must be a letter, but got %!s(uint8={(int)name[0]})");
        if (name.FirstOrDefault(c => c != '_' && !char.IsAsciiLetterOrDigit(c)) is not '\0' and var other)
            throw Refusals.Invalid($"invalid user name {name}, username must contain only numbers, letters and underscores, but got %!s(uint8={(int)other})");
    }
}

internal sealed record User(string Name, string PasswordHash, List<string> Grants)
{
    /// <summary>A client set the password.</summary>
    public bool IsOfTheWire { get; init; }
}
