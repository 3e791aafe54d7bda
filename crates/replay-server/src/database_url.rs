//! The address of a database on PostgreSQL: a URL with a user and hosts. The password should be in a file or
//! in the environment: other users of the machine can see the command line.

mod tls;

use core::{fmt, str::FromStr};
use std::{fs, io, path::PathBuf};

use postgres::{
    Config,
    config::{Host, SslMode},
};

use crate::store::PostgresTarget;

/// The URL of a database, like `postgres://user@host1,host2:5433/name?passfile=/run/secrets/pgpass`.
#[derive(Clone)]
pub struct DatabaseUrl {
    config: Config,
    passfile: Option<PathBuf>,
    sslrootcert: Option<PathBuf>,
}

/// A line of a password file: `host:port:database:user:password`, where `*` stands for any.
struct PasswordLine {
    fields: [String; 4],
    password: String,
}

const DIFFERENT_PASSWORDS: &str = "the password file must have the same password for every host";

impl DatabaseUrl {
    /// Reads a URL.
    ///
    /// # Errors
    /// A sentence that says what is wrong with it.
    pub fn read(text: &str) -> Result<Self, String> {
        if !text.starts_with("postgres://") && !text.starts_with("postgresql://") {
            return Err("must be a URL like postgres://user@host/name".to_owned());
        }
        let (text, passfile) = without(text, "passfile=");
        let (text, sslrootcert) = without(&text, "sslrootcert=");
        let config = Config::from_str(&text).map_err(|error| match error.into_source() {
            Some(source) => source.to_string(),
            None => "must be a URL like postgres://user@host/name".to_owned(),
        })?;
        Ok(Self { config, passfile, sslrootcert })
    }

    /// The database with its password: that of the URL, else of the password file, else `password`, which
    /// is the value of `PGPASSWORD`. TLS is used as `sslmode` says, by default if the server has it; it
    /// trusts the certificates in the file that `sslrootcert` names, else those of the system.
    ///
    /// # Errors
    /// The password file or the file of certificates cannot be read.
    pub fn target(&self, password: Option<&str>) -> io::Result<PostgresTarget> {
        let config = self.config(password)?;
        if config.get_ssl_mode() == SslMode::Disable {
            return Ok(config.into());
        }
        let tls = tls::trusting(self.sslrootcert.as_deref())?;
        Ok(PostgresTarget::with_tls(config, tls))
    }

    /// The configuration with the password: that of the URL, else of the password file, else `password`,
    /// which is the value of `PGPASSWORD`.
    ///
    /// # Errors
    /// The password file cannot be read, or the hosts have different passwords: the library has one for all.
    fn config(&self, password: Option<&str>) -> io::Result<Config> {
        let mut config = self.config.clone();
        if config.get_password().is_some() {
            return Ok(config);
        }
        let text = self.passfile.as_ref().map(fs::read_to_string).transpose()?;
        let lines: Vec<_> =
            text.iter().flat_map(|text| text.lines()).filter_map(PasswordLine::read).collect();
        let first = self.password_of(0, &lines).or(password);
        for place in 1..config.get_hosts().len() {
            if self.password_of(place, &lines).or(password) != first {
                return Err(io::Error::new(io::ErrorKind::InvalidInput, DIFFERENT_PASSWORDS));
            }
        }
        if let Some(password) = first {
            config.password(password);
        }
        Ok(config)
    }

    /// The password of the first line that matches the host at this place.
    fn password_of<'a>(&self, place: usize, lines: &'a [PasswordLine]) -> Option<&'a str> {
        let host = match self.config.get_hosts().get(place) {
            Some(Host::Tcp(name)) => name.as_str(),
            Some(Host::Unix(_)) | None => "localhost",
        };
        // One port may stand for all hosts.
        let ports = self.config.get_ports();
        let port = ports.get(place).or(ports.first()).copied().unwrap_or(5432).to_string();
        let user = self.config.get_user().unwrap_or_default();
        let database = self.config.get_dbname().unwrap_or(user);
        let line = lines.iter().find(|line| line.is_of([host, &port, database, user]))?;
        Some(&line.password)
    }
}

/// The URL without a parameter of ours, which the library would refuse, and the path in that parameter.
fn without(text: &str, parameter_name: &str) -> (String, Option<PathBuf>) {
    let Some((before, query)) = text.split_once('?') else { return (text.to_owned(), None) };
    let mut found = None;
    let mut kept = Vec::new();
    for parameter in query.split('&') {
        match parameter.strip_prefix(parameter_name) {
            Some(path) => found = Some(PathBuf::from(path)),
            None => kept.push(parameter),
        }
    }
    (format!("{before}?{}", kept.join("&")), found)
}

impl PasswordLine {
    /// Reads a line; `None` if it is a comment, or has too few fields.
    fn read(line: &str) -> Option<Self> {
        if line.starts_with('#') {
            return None;
        }
        let mut fields: [String; 5] = Default::default();
        let (mut field, mut letters) = (0, line.chars());
        while let Some(letter) = letters.next() {
            match letter {
                // The password is the rest of the line.
                ':' if field < 4 => field += 1,
                '\\' => fields[field].extend(letters.next()),
                letter => fields[field].push(letter),
            }
        }
        let [host, port, database, user, password] = fields;
        (field == 4).then_some(Self { fields: [host, port, database, user], password })
    }

    fn is_of(&self, fields: [&str; 4]) -> bool {
        self.fields.iter().zip(fields).all(|(pattern, field)| pattern == "*" || pattern == field)
    }
}

impl fmt::Debug for DatabaseUrl {
    /// Shows no password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DatabaseUrl")
            .field("hosts", &self.config.get_hosts())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_may_have_several_hosts_and_a_password_file() {
        let url = DatabaseUrl::read(
            "postgres://replay@one:5433,two/archive?passfile=/a/b&connect_timeout=3",
        );
        let url = url.unwrap();
        assert_eq!(url.passfile, Some("/a/b".into()));
        let config = url.config;
        assert_eq!((config.get_user(), config.get_dbname()), (Some("replay"), Some("archive")));
        assert_eq!(config.get_hosts(), ["one", "two"].map(|name| Host::Tcp(name.to_owned())));
    }

    #[test]
    fn another_text_is_refused_with_a_reason() {
        for text in ["host=one", "mysql://one/a", "postgres://one/a?unknown=1"] {
            assert!(!DatabaseUrl::read(text).unwrap_err().is_empty(), "{text}");
        }
    }

    #[test]
    fn the_password_is_that_of_the_url_then_of_the_file_then_of_the_environment() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("pgpass");
        fs::write(&file, "# comment\none:*:*:other:no\none:5432:archive:replay:a\\:b:c\n").unwrap();
        let password = |url: &str, environment| {
            let config = DatabaseUrl::read(url).unwrap().config(environment).unwrap();
            let password = config.get_password()?;
            Some(String::from_utf8(password.to_vec()).unwrap())
        };
        let with_file = format!("postgres://replay@one/archive?passfile={}", file.display());
        assert_eq!(password(&with_file, Some("env")).as_deref(), Some("a:b:c"));
        let with_both = with_file.replace("replay@", "replay:url@");
        assert_eq!(password(&with_both, Some("env")).as_deref(), Some("url"));
        let other = with_file.replace("archive", "other");
        assert_eq!(password(&other, Some("env")).as_deref(), Some("env"));
        assert_eq!(password("postgres://replay@one/archive", None), None);
    }

    #[test]
    fn a_password_file_with_another_password_for_another_host_is_refused() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("pgpass");
        fs::write(&file, "one:*:*:*:a\ntwo:5433:*:*:a\ntwo:*:*:*:b\nthree:*:*:*:env\n").unwrap();
        let password = |hosts: &str, environment| {
            let url = format!("postgres://replay@{hosts}/archive?passfile={}", file.display());
            let config = DatabaseUrl::read(&url).unwrap().config(environment);
            config.map(|config| config.get_password().unwrap().to_vec())
        };
        assert_eq!(password("one,two:5433", None).unwrap(), b"a");
        assert_eq!(password("four,three", Some("env")).unwrap(), b"env");
        for hosts in ["one,two", "one:5433,two:5432", "one,four", "four,one", "two:5433,one,three"]
        {
            let error = password(hosts, Some("env")).unwrap_err();
            assert_eq!(error.to_string(), DIFFERENT_PASSWORDS, "{hosts}");
        }
    }
}
