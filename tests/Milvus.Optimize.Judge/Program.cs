using Milvus.Optimize.Judge;

const string Usage = """
    judge --journal FILE|CONNECTION --simulator FILE [--clients FILE] [--under-way]

    Says whether what the journal, the simulator's log and the clients' logs hold keeps the promises I1 to I5 (docs/judge.md). Shares no code with the product.
      --journal     the SQLite file, or a PostgreSQL connection string
      --simulator   the simulator's log (simulate --log FILE)
      --clients     lines of {"client","run","revision","state","done"}
      --under-way   runs may still be running
    Exit code: 0 all hold, 1 something is broken, 2 bad usage.
    """;

string? journal = null, simulator = null, clients = null;
var underWay = false;
for (var i = 0; i < args.Length; i++)
{
    var next = i + 1 < args.Length ? args[i + 1] : null;
    switch (args[i])
    {
        case "--journal": (journal, i) = (next, i + 1); break;
        case "--simulator": (simulator, i) = (next, i + 1); break;
        case "--clients": (clients, i) = (next, i + 1); break;
        case "--under-way": underWay = true; break;
        default: return Fail();
    }
}

if (journal is null || simulator is null) return Fail();
var evidence = new Evidence(Readers.Journal(journal), Readers.Simulator(simulator), clients is null ? [] : Readers.Clients(clients)) { MustBeOver = !underWay };
var violations = Tribunal.Judge(evidence);
foreach (var violation in violations) Console.WriteLine(violation);
Console.WriteLine($"{evidence.Journal.Length} events of {evidence.Histories.Count()} collections, {evidence.Simulator.Count(l => l.IsTrigger)} triggers, {evidence.Clients.Length} answers: {violations.Length} violations");
return violations.IsEmpty ? 0 : 1;

static int Fail()
{
    Console.Error.WriteLine(Usage);
    return 2;
}
